"""What the ledger does when settings of a provider change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.services.suspension_rules import follow_provider_rule, follow_provider_warnings
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope

if TYPE_CHECKING:
    from tenants.events import SettingChanged

_RULE: Final = frozenset({"suspension.enabled", "suspension.limit_minor", "suspension.grace_hours"})
_WARNINGS: Final = frozenset({"warnings.levels_minor", "warnings.levels_hours"})


def follow_setting(event: SettingChanged) -> None:
    """Give the provider's wallets the new rule or the new warning levels, after the change is committed."""
    if event.name in _RULE:
        with provider_scope(event.provider_id):
            follow_provider_rule(provider_id=event.provider_id, now=now())
    if event.name in _WARNINGS:
        with provider_scope(event.provider_id):
            follow_provider_warnings(provider_id=event.provider_id, now=now())
