"""Which changes of texts of mails are kept, for the audit log."""

from __future__ import annotations

from typing import Final

from tenants.selectors.changes import History

MAIL_HISTORIES: Final = (History("mail_text", "invoicing_mail_text_event"),)
