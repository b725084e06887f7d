"""Read a provider's settings: its own value, else the registry's default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, overload

from tenants.models import SettingEvent, SettingValue
from tenants.registry import REGISTRY, setting_of
from tenants.selectors.changes import emails_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tenants.setting import Setting

T = TypeVar("T")


@dataclass(frozen=True)
class SettingRow:
    """A setting with its present value, for the settings page.

    Attributes:
        setting: of the registry.
        value: the provider's own, else the default.
        is_own: whether the provider has a value of its own.
        changed_at: when it was changed or returned to its default last; None for never.
        changed_by: the address of who did it; empty for the system and for never.
    """

    setting: Setting[Any]
    value: Any
    is_own: bool
    changed_at: datetime | None
    changed_by: str


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
    """Return the whole registry with a provider's values, in the registry's order, by three queries.

    Args:
        provider_id: whose; its scope is open.
    """
    own = {row.name: row for row in SettingValue.objects.filter(provider_id=provider_id)}
    touches = _last_touches(provider_id, own)
    emails = emails_of(user_id for _, user_id in touches.values() if user_id)
    never: tuple[datetime | None, int | None] = (None, None)
    return [
        SettingRow(
            setting=setting,
            value=setting.parse(own[name].value) if name in own else setting.default,
            is_own=name in own,
            changed_at=touches.get(name, never)[0],
            changed_by=emails.get(touches.get(name, never)[1] or 0, ""),
        )
        for name, setting in REGISTRY.items()
    ]


def _last_touches(
    provider_id: int, own: Mapping[str, SettingValue]
) -> dict[str, tuple[datetime, int | None]]:
    """Return when and by whom each setting was changed last; a reset is known from the history only."""
    touches = {name: (row.changed_at, row.changed_by_id) for name, row in own.items()}
    newest = (
        SettingEvent.objects.filter(provider_id=provider_id)
        .order_by("name", "-pgh_id")
        .distinct("name")
        .values_list("name", "pgh_label", "pgh_created_at", "pgh_context")
    )
    for name, label, at, context in newest:
        # A value without its own insert in the history came after the removal, and by the system.
        if label == "delete" and name in own:
            continue
        known = context or {}
        touches[name] = (at, known.get("hijacker") or known.get("user"))
    return touches
