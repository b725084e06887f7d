"""The tenants app."""

from __future__ import annotations

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """Register providers, tenants and users."""

    name = "tenants"

    def ready(self) -> None:
        """Listen to who looks through whose eyes."""
        # Models exist from here on, not before.
        from hijack.signals import hijack_ended, hijack_started  # noqa: PLC0415

        from tenants.hijacking import record_end, record_start  # noqa: PLC0415

        hijack_started.connect(record_start, dispatch_uid="tenants.record_start")
        hijack_ended.connect(record_end, dispatch_uid="tenants.record_end")
