"""Pages of documents."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("own-invoices", "nimbus", "nimbus acme admin", "/billing/invoices/"),
    Sight("invoices", "nimbus", "nimbus owner", "/provider/invoices/"),
    Sight(
        "invoices-late", "nimbus", "nimbus owner", "/provider/invoices/?status=overdue&order=oldest"
    ),
    Sight("invoices-none", "nimbus", "nimbus owner", "/provider/invoices/?number=none"),
    Sight("invoice", "nimbus", "nimbus owner", "/provider/invoices/doc_seen/"),
    Sight("own-invoice", "nimbus", "nimbus acme admin", "/billing/invoices/doc_seen/"),
    Sight("invoice-owed", "nimbus", "nimbus owner", "/provider/invoices/doc_owed/"),
    Sight("invoice-credit", "nimbus", "nimbus owner", "/provider/invoices/doc_owed/credit"),
    Sight("invoice-write-off", "nimbus", "nimbus owner", "/provider/invoices/doc_owed/write-off"),
    Sight("invoice-register", "nimbus", "nimbus owner", "/provider/invoices/doc_owed/register"),
    Sight("mail-texts", "nimbus", "nimbus owner", "/provider/mails/"),
    Sight("mail-text", "nimbus", "nimbus owner", "/provider/mails/receipt/en/"),
)
