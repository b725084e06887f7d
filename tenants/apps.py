"""The tenants app."""

from __future__ import annotations

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Register providers, tenants and users."""

    name = "tenants"

    def ready(self) -> None:
        """Listen to who looks through whose eyes, and when a login begins."""
        # Models exist from here on, not before.
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415
        from hijack.signals import hijack_ended, hijack_started  # noqa: PLC0415

        from tenants.hijacking import record_end, record_start  # noqa: PLC0415
        from tenants.session_end import begin_session  # noqa: PLC0415

        user_logged_in.connect(begin_session, dispatch_uid="tenants.begin_session")
        hijack_started.connect(record_start, dispatch_uid="tenants.record_start")
        hijack_ended.connect(record_end, dispatch_uid="tenants.record_end")
