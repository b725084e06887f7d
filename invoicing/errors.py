"""What invoicing refuses, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class InvoicingError(DomainError):
    """The base of the refusals."""

    code = "document_refused"
    message = gettext_noop("This document is not possible.")
    http_status = 422


class DocumentNotFound(NotFoundError):
    """The provider has no such document, or the tenant has not."""

    code = "document_not_found"
    message = gettext_noop("This document does not exist.")


class DraftRefused(InvoicingError):
    """Lines, taxes and sums of a draft do not fit together."""

    code = "draft_refused"
    message = gettext_noop("The lines and taxes of this document do not add up.")


class NotADraft(InvoicingError):
    """It is issued already, so it can be neither changed nor thrown away."""

    code = "not_a_draft"
    message = gettext_noop(
        "This document is issued and stays as it is. Issue a credit note instead."
    )


class NumberRefused(InvoicingError):
    """The provider's pattern gives no number that may be printed, or one that is taken."""

    code = "number_refused"
    message = gettext_noop(
        "The pattern of document numbers gives no usable number. Change it in the settings."
    )


class SellerIncomplete(InvoicingError):
    """The law wants the seller's name and address on the document."""

    code = "seller_incomplete"
    message = gettext_noop("Enter your company's legal name and address first.")


class SettlementRefused(InvoicingError):
    """More than is open, another currency, or a document that takes no payment."""

    code = "settlement_refused"
    message = gettext_noop("This payment does not fit the document.")


class CreditRefused(InvoicingError):
    """A credit note for more than the invoice has left, or for no invoice."""

    code = "credit_refused"
    message = gettext_noop("This is more than the invoice has left to credit.")
