"""What the ledger does when settings of a provider change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.services.suspension_rules import follow_settings
from billing_platform.kernel.clock import now

if TYPE_CHECKING:
    from tenants.events import SettingChanged

_FOLLOWED: Final = ("suspension.", "warnings.")


def follow_setting(event: SettingChanged) -> None:
    """Give the provider's wallets the new rule or the new warning levels, after the change is committed."""
    if event.name.startswith(_FOLLOWED):
        follow_settings(provider_id=event.provider_id, now=now())
