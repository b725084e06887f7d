"""The payments app."""

from __future__ import annotations

from django.apps import AppConfig

from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.outbox import register_handler


class PaymentsConfig(AppConfig):
    """Register gateway connections and payments, and who sends their messages."""

    name = "payments"

    def ready(self) -> None:
        """Wire messages and events."""
        # Models exist from here on, not before.
        from accounts.events import DuesPosted  # noqa: PLC0415
        from payments.receivers import on_dues  # noqa: PLC0415
        from payments.services import (  # noqa: PLC0415
            payment_notices,
            recharge_notices,
            refund_failures,
            refund_notices,
            staff_notices,
        )

        dispatcher.after_commit(DuesPosted, on_dues)
        register_handler(refund_notices.TOPIC, refund_notices.tell_request)
        register_handler(payment_notices.BOUNCE_TOPIC, payment_notices.tell_bounce)
        register_handler(payment_notices.RETURN_TOPIC, payment_notices.tell_return)
        register_handler(refund_failures.TOPIC, refund_failures.tell_failure)
        register_handler(recharge_notices.TOPIC, recharge_notices.tell_decline)
        register_handler(recharge_notices.STATE_TOPIC, recharge_notices.tell_missing_state)
        register_handler(staff_notices.KEY_TOPIC, staff_notices.tell_connection)
        register_handler(staff_notices.SILENCE_TOPIC, staff_notices.tell_connection)
        register_handler(staff_notices.MODE_TOPIC, staff_notices.tell_connection)
        register_handler(staff_notices.DISPUTE_TOPIC, staff_notices.tell_dispute)
        register_handler(staff_notices.WARNING_TOPIC, staff_notices.tell_warning)
