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


class RegistrationMissing(InvoicingError):
    """A document that has to be registered with a portal is drawn and sent once that is entered."""

    code = "registration_missing"
    message = gettext_noop("This document waits for its registration (IRN).")
    http_status = 409


class RegistrationRefused(InvoicingError):
    """No document that is to be registered, one that is registered otherwise, or no figures of a portal."""

    code = "registration_refused"
    message = gettext_noop(
        "An IRN has 64 hexadecimal digits and belongs to one document that waits for it; number and signed code of"
        " the acknowledgement belong to it."
    )


class StateLearnt(InvoicingError):
    """An online service was taxed in the provider's state of India, and its buyer is known to be in another by now."""

    code = "state_learnt"
    message = gettext_noop(
        "This payment was taxed before the client's state was known, which makes it another tax. Give it back, or take"
        " its match back, and let the client order anew."
    )


class BuyerIncomplete(InvoicingError):
    """An Indian invoice of 50,000 rupees or more to a buyer without GSTIN needs its name, address and state.

    One of online services needs the state of any; its message says so.
    """

    code = "buyer_incomplete"
    message = gettext_noop(
        "The law wants name, address and state of a buyer without GSTIN on an invoice of 50,000 rupees or more."
        " Enter them in its tax details."
    )
    http_status = 409


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


class PdfUnavailable(InvoicingError):
    """The machine that makes PDFs lacks the library that draws them."""

    code = "pdf_unavailable"
    message = gettext_noop(
        "PDFs cannot be made: the system library Pango is missing. Install libpango-1.0-0 and libpangoft2-1.0-0"
        " (macOS: brew install pango) where the workers run; documents can be read as HTML until then."
    )
    http_status = 503


class RenderFailed(InvoicingError):
    """A document could not be laid out."""

    code = "render_failed"
    message = gettext_noop("The PDF of this document could not be made.")
    http_status = 500


class FileMissing(NotFoundError):
    """The document has no PDF yet."""

    code = "file_missing"
    message = gettext_noop("The PDF of this document is being prepared.")


class FileDamaged(InvoicingError):
    """What is stored is not what was stored: its digest differs, or it is gone."""

    code = "file_damaged"
    message = gettext_noop(
        "The stored PDF of this document is not the one that was made. Please tell support."
    )
    http_status = 500


class EInvoiceRefused(InvoicingError):
    """EN 16931 cannot say what the document says; the code names the reason."""

    code = "einvoice_impossible"
    message = gettext_noop("This document cannot be an electronic invoice.")


class EInvoiceSumsWrong(EInvoiceRefused):
    """The document's sums break a rule of EN 16931, so no electronic invoice may carry them."""

    code = "einvoice_sums"
    message = gettext_noop("The sums of this document break a rule of EN 16931.")


class MailTextRefused(InvoicingError):
    """What is to be written in mails is empty, too long, or names a placeholder that there is not."""

    code = "mail_text"
    message = gettext_noop("This text cannot be used in mails.")


class MailRefused(InvoicingError):
    """A draft, or a document that was mailed too often already."""

    code = "mail_refused"
    message = gettext_noop("This document cannot be mailed again.")
