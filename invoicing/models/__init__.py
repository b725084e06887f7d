"""Tables of invoicing; imported by this app's own modules only."""

from invoicing.models.bank_order import BankOrder
from invoicing.models.consumer_day import ConsumerDay
from invoicing.models.correction import Correction
from invoicing.models.document import Document, DocumentLine, DocumentTax
from invoicing.models.file import DocumentFile
from invoicing.models.history import CorrectionEvent, MailTextEvent
from invoicing.models.mail import DocumentMail, MailText
from invoicing.models.registration import Registration
from invoicing.models.settlement import Settlement
from invoicing.models.tax_day import TaxDay

__all__ = [
    "BankOrder",
    "ConsumerDay",
    "Correction",
    "CorrectionEvent",
    "Document",
    "DocumentFile",
    "DocumentLine",
    "DocumentMail",
    "DocumentTax",
    "MailText",
    "MailTextEvent",
    "Registration",
    "Settlement",
    "TaxDay",
]
