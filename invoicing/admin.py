"""What operators see of documents; nothing can be edited."""

from billing_platform.kernel.read_only_admin import register_read_only
from invoicing.models import (
    BankOrder,
    Correction,
    CorrectionEvent,
    Document,
    DocumentFile,
    DocumentLine,
    DocumentMail,
    DocumentTax,
    MailText,
    MailTextEvent,
    Registration,
    Settlement,
)

register_read_only(
    (
        BankOrder,
        Correction,
        CorrectionEvent,
        Document,
        DocumentLine,
        DocumentTax,
        DocumentFile,
        DocumentMail,
        MailText,
        MailTextEvent,
        Registration,
        Settlement,
    )
)
