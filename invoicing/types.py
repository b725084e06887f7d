"""Frozen values that cross the border of invoicing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from invoicing.enums import DocumentKind, SourceType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class DraftLine:
    """A line to be printed.

    Attributes:
        name: at most 300 characters.
        quantity, unit_price: exact, at most 12 places; the price net, in major units.
        discount_minor: taken off this line already.
        net_minor: what it comes to, net of tax, minor units.
        tax_group: the `tax_group` of one of the document's taxes.
        corrects_position: on a credit note, the invoice's line that it takes back.
    """

    name: str
    quantity: Decimal
    unit_price: Decimal
    net_minor: int
    tax_group: str
    detail: str = ""
    unit: str = ""
    discount_minor: int = 0
    corrects_position: int | None = None


@dataclass(frozen=True, kw_only=True)
class DraftTax:
    """A tax to be printed: a rate, or why there is none.

    Attributes:
        tax_group: names it within the document; CGST and SGST of the same lines share one.
        category: of EN 16931 (UNCL5305).
        rate: percent, at most 4 places.
        base_minor, tax_minor: minor units, 0 or more.
        reason: what the law wants printed where no tax is charged.
    """

    tax_group: str
    name: str
    category: str
    rate: Decimal
    base_minor: int
    tax_minor: int
    region: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A document that somebody wants to make.

    Attributes:
        kind: of DocumentKind.
        source_type, source_id: what it is for; there is one document of a kind per source.
        discount_minor: of the whole document, before tax.
        credit_used_minor: what prepaid credit pays at issue.
        corrects_id: the invoice's number of row, for a credit note.
        reason: why there is a credit note, printed on it.
        tax: what the law wants named beside the taxes, as frozen: `seller_number`, `customer_number` and `place`
            (`country`, `region`, `name`) of the supply.
        reference: what a payer writes on the transfer, as ISO 11649 wants it; empty for none.
    """

    kind: str
    tenant_id: int
    currency: str
    source_type: str
    source_id: str
    supplied_on: date
    lines: tuple[DraftLine, ...]
    taxes: tuple[DraftTax, ...] = ()
    discount_minor: int = 0
    credit_used_minor: int = 0
    due_on: date | None = None
    period: tuple[date, date] | None = None
    corrects_id: int | None = None
    posting_id: int | None = None
    language: str = ""
    reason: str = ""
    note: str = ""
    tax: Mapping[str, Any] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class LineView:
    """A line as it is printed."""

    position: int
    name: str
    detail: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Money
    net: Money
    tax_group: str


@dataclass(frozen=True, kw_only=True)
class TaxView:
    """A tax as it is printed."""

    tax_group: str
    name: str
    category: str
    rate: Decimal
    region: str
    base: Money
    tax: Money
    reason: str


@dataclass(frozen=True, kw_only=True)
class DocumentView:
    """A document as pages list it.

    Attributes:
        status: of Status: the state, or that its day has passed.
        due: what is open, 0 or more.
        back: what credit notes took back beyond what was open; it is owed to the tenant.
    """

    id: int
    public_id: str
    tenant_id: int
    kind: str
    status: str
    number: str
    issued_on: date | None
    issued_at: datetime | None
    due_on: date | None
    supplied_on: date
    period: tuple[date, date] | None
    subtotal: Money
    discount: Money
    tax: Money
    total: Money
    credit_used: Money
    paid: Money
    credited: Money
    due: Money
    corrects_id: int | None
    source_type: str
    source_id: str
    posting_id: int | None

    @property
    def is_paid_at_issue(self) -> bool:
        """Return whether it asks for nothing: made for money that was there, of a payment or of a refund sent back."""
        is_again = self.kind == DocumentKind.INVOICE and self.source_type == SourceType.DOCUMENT
        return is_again or self.source_type == SourceType.PAYMENT


@dataclass(frozen=True, kw_only=True)
class RegistrationView:
    """What a government's portal answered for a document.

    Attributes:
        irn: Invoice Reference Number.
        signed_code: the signed text of the QR code.
    """

    irn: str
    ack_number: str
    ack_at: datetime
    signed_code: str


@dataclass(frozen=True, kw_only=True)
class WholeDocument:
    """A document with all that is printed on it.

    Attributes:
        registration: with a government's portal; None where there is none, or none yet.
        content: seller, buyer, texts and how figures are shown, as frozen at issue; of a draft as they would be now.
        corrects: number and day of the invoice that a credit note belongs to.
    """

    head: DocumentView
    lines: tuple[LineView, ...]
    taxes: tuple[TaxView, ...]
    content: Mapping[str, Any] = field(default_factory=dict)
    corrects: tuple[str, date] | None = None
    digest: str = ""
    registration: RegistrationView | None = None

    @property
    def awaits_registration(self) -> bool:
        """Return whether it has to be registered before it is drawn and sent."""
        return bool(self.content.get("has_irn")) and self.registration is None


@dataclass(frozen=True, slots=True)
class MailTextView:
    """What is written in mails of a kind of document in one language; `is_own` where the provider wrote it."""

    kind: str
    language: str
    subject: str
    body: str
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """A mail of a document.

    Attributes:
        number: 0 for the one at issue.
        state: of MailState.
        at: since when.
        words: why it bounced.
        attempts: so far.
    """

    address: str
    number: int
    state: str
    at: datetime
    words: str
    attempts: int
