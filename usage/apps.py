"""The usage app."""

from django.apps import AppConfig

from billing_platform.kernel.outbox import register_handler


class UsageConfig(AppConfig):
    """Register catalogue, metering and charging."""

    name = "usage"

    def ready(self) -> None:
        """Say who mails how long runs ended."""
        # Models exist from here on, not before.
        from usage.services import run_notices  # noqa: PLC0415

        register_handler(run_notices.MOVE_TOPIC, run_notices.tell_move)
        register_handler(run_notices.PRICE_TOPIC, run_notices.tell_price_change)
