"""What invoicing refuses about corrections of issued invoices, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import NotFoundError
from invoicing.errors import InvoicingError


class NotCorrectable(InvoicingError):
    """No issued invoice, or one that nothing in the ledger says is owed."""

    code = "not_correctable"
    message = gettext_noop("Only an issued invoice that the ledger knows as owed can be corrected.")


class PaidByPayment(NotCorrectable):
    """An invoice of a payment goes back with its payment."""

    code = "paid_by_payment"
    message = gettext_noop(
        "This invoice is of a payment. Give the payment back, whole or in part: its credit note comes with it."
    )


class NothingOpen(InvoicingError):
    """There is nothing to write off: paid, cancelled, or written off already."""

    code = "nothing_open"
    message = gettext_noop("Nothing of this invoice is open.")
    http_status = 409


class IsWrittenOff(InvoicingError):
    """What is written off is not credited."""

    code = "is_written_off"
    message = gettext_noop("This invoice is written off. Take the write-off back first.")
    http_status = 409


class NotWrittenOff(InvoicingError):
    """There is no write-off to take back."""

    code = "not_written_off"
    message = gettext_noop("This invoice is not written off.")
    http_status = 409


class CorrectionChanged(InvoicingError):
    """Somebody paid or corrected the invoice since its figures were shown."""

    code = "correction_changed"
    message = gettext_noop("The invoice has changed meanwhile. Look at the figures again.")
    http_status = 409


class CorrectionWaits(InvoicingError):
    """One correction of an invoice waits at a time."""

    code = "correction_waits"
    message = gettext_noop("A correction of this invoice waits for a second person.")
    http_status = 409


class CorrectionReasonMissing(InvoicingError):
    """Whoever corrects an invoice says why."""

    code = "correction_reason"
    message = gettext_noop("Say why.")


class NoCorrectionWaits(NotFoundError):
    """No such correction waits; somebody decided before."""

    code = "no_correction"
    message = gettext_noop("No correction waits here. Somebody has decided before.")
    http_status = 409


class SameCorrectionPerson(InvoicingError):
    """Who asked for it cannot approve it."""

    code = "same_person"
    message = gettext_noop("Somebody else has to approve what you asked for.")
    http_status = 403
