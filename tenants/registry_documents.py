"""The settings of documents; part of the registry."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tenants.setting import Setting

DOCUMENTS_PROFORMA_PATTERN = Setting(
    "documents.proforma_pattern",
    "PRO-{year}-{number:5}",
    gettext_noop("How numbers of proformas are written."),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_INVOICE_PATTERN = Setting(
    "documents.invoice_pattern",
    "INV-{year}-{number:5}",
    gettext_noop(
        "How numbers of invoices are written: letters, digits, - and /, with {number}, or {number:5} for"
        " five digits, and {year} or {yy}."
    ),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_CREDIT_NOTE_PATTERN = Setting(
    "documents.credit_note_pattern",
    "CN-{year}-{number:5}",
    gettext_noop("How numbers of credit notes are written."),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_RECEIPT_PATTERN = Setting(
    "documents.receipt_pattern",
    "RCT-{year}-{number:5}",
    gettext_noop("How numbers of receipts are written."),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_NUMBER_RESET = Setting(
    "documents.number_reset",
    "yearly",
    gettext_noop("Whether numbers begin anew with each year; a pattern without a year never does."),
    gettext_noop("For documents that are issued from now on; no number is given twice."),
    choices=("yearly", "never"),
)
DOCUMENTS_YEAR_STARTS_MONTH = Setting(
    "documents.year_starts_month",
    1,
    gettext_noop("The month in which the year of the numbers begins."),
    gettext_noop("For documents that are issued from now on."),
    least=1,
    most=12,
)
DOCUMENTS_DUE_DAYS = Setting(
    "documents.due_days",
    14,
    gettext_noop("Days after its issue on which a document is due."),
    gettext_noop("For documents that are issued from now on."),
    least=0,
    most=365,
)
DOCUMENTS_SERVICE_CODE = Setting(
    "documents.service_code",
    "",
    gettext_noop(
        "The code of what you sell in your country's list, printed on every line; India: the SAC, for instance 998413."
    ),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_EINVOICE = Setting(
    "documents.einvoice",
    False,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "Invoices and credit notes are electronic invoices by EN 16931, too: Factur-X within the PDF, CII and UBL to"
        " download."
    ),
    gettext_noop("For PDFs that are made from now on; off where tax is rounded on lines."),
)
DOCUMENTS_IRN = Setting(
    "documents.irn",
    False,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "Invoices and credit notes of an Indian company to businesses and abroad are registered with the government’s"
        " portal (IRN): they are drawn and mailed once their registration is entered."
    ),
    gettext_noop("For documents that are issued from now on."),
)
DOCUMENTS_MAILED = Setting(
    "documents.mailed",
    True,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "Every document is mailed with its PDF at its issue: to those who administer the client, and to its billing"
        " addresses."
    ),
    gettext_noop("For documents that are issued from now on; staff may send each one by hand."),
)
DOCUMENTS_CASH_ACCOUNTING = Setting(
    "documents.cash_accounting",
    False,  # noqa: FBT003 (a default, named by its field)
    gettext_noop(
        "Your VAT falls due when you are paid (Art. 66 (b) of Directive 2006/112/EC): invoices with VAT say so."
    ),
    gettext_noop("For documents that are issued from now on."),
)
_FROM_NOW_ON = gettext_noop("For documents that are issued from now on.")
# Who owes the provider's tax in its place: saved together on *Company*, which checks the number.
REPRESENTATIVE = (
    Setting(
        "representative.name",
        "",
        gettext_noop("Name of the tax representative."),
        _FROM_NOW_ON,
        is_listed=False,
    ),
    Setting(
        "representative.address",
        "",
        gettext_noop("Address of the tax representative."),
        _FROM_NOW_ON,
        is_listed=False,
    ),
    Setting(
        "representative.country",
        "",
        gettext_noop("Country of the tax representative."),
        _FROM_NOW_ON,
        is_listed=False,
    ),
    Setting(
        "representative.number",
        "",
        gettext_noop("VAT number of the tax representative."),
        _FROM_NOW_ON,
        is_listed=False,
    ),
)
