"""Which changes of texts of mails and corrections of invoices are kept, for the audit log."""

from __future__ import annotations

from typing import Final

from tenants.selectors.changes import History

DOCUMENT_HISTORIES: Final = (
    History("mail_text", "invoicing_mail_text_event"),
    History("correction", "invoicing_correction_event", tenant="e.tenant_id"),
)
