"""The words of documents: what they are and how they stand."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """What a document is; each kind has a number series of its own."""

    PROFORMA = "proforma", _("Proforma")
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    RECEIPT = "receipt", _("Receipt")


class DocumentState(models.TextChoices):
    """How a document stands. Overdue is no state: a document becomes it by the passing of a day."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    PARTIALLY_PAID = "partially_paid", _("Partially Paid")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")
    WRITTEN_OFF = "written_off", _("Written off")


class Status(models.TextChoices):
    """What people read: a state, or that its day has passed."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    PARTIALLY_PAID = "partially_paid", _("Partially Paid")
    PAID = "paid", _("Paid")
    OVERDUE = "overdue", _("Overdue")
    CANCELLED = "cancelled", _("Cancelled")
    WRITTEN_OFF = "written_off", _("Written off")


# What somebody still owes, or may still pay.
UNPAID_STATES: Final = (DocumentState.SENT, DocumentState.PARTIALLY_PAID)


class FileKind(models.TextChoices):
    """What a document was made into."""

    PDF = "pdf", _("PDF")


class SourceType(models.TextChoices):
    """What a document was made for."""

    PAYMENT = "payment", _("Payment")
    DOCUMENT = "document", _("Document")
    ORDER = "order", _("Payment order")
    HAND = "hand", _("By hand")


class MailState(models.TextChoices):
    """Where a mail of a document stands."""

    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    BOUNCED = "bounced", _("Bounced")
    FAILED = "failed", _("Failed")


class CorrectionKind(models.TextChoices):
    """How staff takes an issued invoice back, or gives it up."""

    CREDIT = "credit", _("Credit note")
    WRITE_OFF = "write_off", _("Write-off")


class CorrectionState(models.TextChoices):
    """Where a correction stands; one within the limit of one person is made at once."""

    WAITING = "waiting", _("Waiting")
    MADE = "made", _("Made")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TAKEN_BACK = "taken_back", _("Taken back")
