"""The accounts app: the ledger. An account is a ledger account, never a login."""

from __future__ import annotations

from django.apps import AppConfig

from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.outbox import register_handler


class AccountsConfig(AppConfig):
    """Register the ledger, who sends its messages, and what it listens to."""

    name = "accounts"

    def ready(self) -> None:
        """Wire messages and events."""
        # Models exist from here on, not before.
        from accounts.receivers import follow_setting  # noqa: PLC0415
        from accounts.services import grant_warnings, notices  # noqa: PLC0415
        from tenants.events import SettingChanged  # noqa: PLC0415

        register_handler(notices.STATE_TOPIC, notices.tell_state)
        register_handler(notices.WARNING_TOPIC, notices.tell_warning)
        register_handler(grant_warnings.EXPIRY_TOPIC, notices.tell_expiry)
        dispatcher.after_commit(SettingChanged, follow_setting)
