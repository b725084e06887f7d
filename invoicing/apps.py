"""The invoicing app."""

from __future__ import annotations

from anymail.signals import tracking
from django.apps import AppConfig

from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.outbox import register_handler


class InvoicingConfig(AppConfig):
    """Register documents, and what they listen to."""

    name = "invoicing"

    def ready(self) -> None:
        """Wire events."""
        # Models exist from here on, not before.
        from invoicing.receivers import on_payment, on_tracking, ring  # noqa: PLC0415
        from invoicing.selectors.mails import TOPIC  # noqa: PLC0415
        from invoicing.services.document_mails import mail_document  # noqa: PLC0415
        from invoicing.services.second_payments import TOPIC as SECOND_TOPIC  # noqa: PLC0415
        from invoicing.services.second_payments import tell_second  # noqa: PLC0415
        from payments.events import PaymentSettled  # noqa: PLC0415

        dispatcher.join_transaction(PaymentSettled, on_payment)
        dispatcher.after_commit(PaymentSettled, ring)
        register_handler(TOPIC, mail_document)
        register_handler(SECOND_TOPIC, tell_second)
        tracking.connect(on_tracking, dispatch_uid="invoicing.on_tracking")
