"""Write a provider's settings. Every change leaves an audit row by trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.kernel.events import dispatcher
from tenants.events import SettingChanged
from tenants.models import SettingValue
from tenants.registry import setting_of

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def set_setting(
    *, provider_id: int, name: str, value: object, now: datetime, user_id: int | None = None
) -> None:
    """Give a setting a value.

    Args:
        provider_id: whose; its scope is open.
        name: a name of the registry.
        value: in the setting's type.
        now: the moment of the change.
        user_id: who changes it, None for the platform.

    Raises:
        UnknownSettingError: the registry has no such name.
        InvalidSettingError: the value does not fit.

    Idempotency: the same value again changes nothing and tells nobody.
    """
    parsed = setting_of(name).parse(value)
    stored = list(parsed) if isinstance(parsed, tuple) else parsed
    row = (
        SettingValue.objects.select_for_update().filter(provider_id=provider_id, name=name).first()
    )
    if row is not None and row.value == stored and type(row.value) is type(stored):
        return
    SettingValue.objects.update_or_create(
        provider_id=provider_id,
        name=name,
        defaults={"value": stored, "changed_at": now, "changed_by_id": user_id},
    )
    dispatcher.send(SettingChanged(provider_id=provider_id, name=name))


@transaction.atomic
def reset_setting(*, provider_id: int, name: str) -> None:
    """Return a setting to the registry's default.

    Args:
        provider_id: whose; its scope is open.
        name: a name of the registry.

    Raises:
        UnknownSettingError: the registry has no such name.

    Idempotency: without an own value nothing changes.
    """
    setting_of(name)
    deleted, _ = SettingValue.objects.filter(provider_id=provider_id, name=name).delete()
    if deleted:
        dispatcher.send(SettingChanged(provider_id=provider_id, name=name))
