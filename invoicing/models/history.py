"""Who changed texts of mails, and who corrected invoices; see `kernel.histories`."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from invoicing.models.correction import Correction
from invoicing.models.mail import MailText


class MailTextEvent(history_of(MailText)):  # type: ignore[misc]  # made by pghistory
    """A change of a text of mails."""

    class Meta:
        db_table = "invoicing_mail_text_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="invoicing_mail_text_event_own"
            )
        ]


class CorrectionEvent(history_of(Correction)):  # type: ignore[misc]  # made by pghistory
    """A step of a correction of an invoice."""

    class Meta:
        db_table = "invoicing_correction_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="invoicing_correction_event_own"
            )
        ]
