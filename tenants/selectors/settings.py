"""Read a provider's settings: its own value, else the registry's default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenants.models import SettingValue
from tenants.registry import REGISTRY, Setting, setting_of

if TYPE_CHECKING:
    from datetime import datetime

T = TypeVar("T")


@dataclass(frozen=True)
class SettingRow:
    """A setting with its present value, for the settings page."""

    setting: Setting[Any]
    value: Any
    is_own: bool
    changed_at: datetime | None


@overload
def get_setting(provider_id: int, setting: Setting[T]) -> T: ...
@overload
def get_setting(provider_id: int, setting: str) -> Any: ...
def get_setting(provider_id: int, setting: Setting[Any] | str) -> Any:
    """Return the value of one setting.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.
        setting: the setting of the registry, or its name.

    Raises:
        UnknownSettingError: the registry has no such name.
    """
    known = setting_of(setting) if isinstance(setting, str) else setting
    own = (
        SettingValue.objects.filter(provider_id=provider_id, name=known.name)
        .values_list("value", flat=True)
        .first()
    )
    return known.default if own is None else known.parse(own)


def get_settings(provider_id: int, *settings: Setting[Any]) -> tuple[Any, ...]:
    """Return the values of several settings by one query, in the order asked for.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.
        settings: settings of the registry.
    """
    own = dict(
        SettingValue.objects.filter(
            provider_id=provider_id, name__in=[setting.name for setting in settings]
        ).values_list("name", "value")
    )
    return tuple(
        setting.parse(own[setting.name]) if setting.name in own else setting.default
        for setting in settings
    )


def list_settings(provider_id: int) -> list[SettingRow]:
    """Return the whole registry with a provider's values, in the registry's order.

    Args:
        provider_id: whose; its scope is open.
    """
    own = {row.name: row for row in SettingValue.objects.filter(provider_id=provider_id)}
    return [
        SettingRow(
            setting=setting,
            value=setting.parse(own[name].value) if name in own else setting.default,
            is_own=name in own,
            changed_at=own[name].changed_at if name in own else None,
        )
        for name, setting in REGISTRY.items()
    ]
