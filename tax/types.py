"""Frozen values that cross the border of tax."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxableLine:
    """A line that is to be taxed.

    Attributes:
        key: the caller's own name of the line; comes back in the result.
        amount: after discounts; net or gross, as the caller says for all lines.
        category: code of what is sold.
    """

    key: str
    amount: Money
    category: str = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine:
    """A line with its share of the tax; `group` is the place of its treatment in `TaxResult.groups`."""

    key: str
    net: Money
    tax: Money
    gross: Money
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """One tax of a group, as a document prints it.

    Attributes:
        name: for instance VAT, CGST.
        percent: of the base.
        country: whose tax.
        region: of the authority: state, or "" for the country's.
        base: net sum of the group.
        tax: on it, rounded.
    """

    name: str
    percent: Decimal
    country: str
    region: str
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxGroup:
    """The lines that are treated alike.

    Attributes:
        code: EN 16931: S, AE, Z, E, O, K, G.
        category: of what is sold; of several that are treated alike, the first line's.
        country: whose tax it is, or would be; "" when nobody knows.
        region: place of supply within it, or "".
        base: net sum.
        percent: the sum of all taxes.
        taxes: none unless it is taxed.
        reason: stable word of why.
        because: the same as a sentence, in the reader's language.
        words: what that sentence names, so that it can be said again in another language.
        notes: sentences about what somebody should look at, by their stable words.
        notice: stable word of what a document must say, or "".
        notice_text: the same as a document says it, in the reader's language.
        customer_number: the customer's tax number that decided, or "".
    """

    code: str
    category: str
    country: str
    region: str
    base: Money
    percent: Decimal
    taxes: tuple[TaxLine, ...]
    reason: str
    because: str
    words: Mapping[str, str]
    notes: Mapping[str, str]
    notice: str
    notice_text: str
    customer_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxResult:
    """The answer of `tax_for`: facts to be stored, never computed again for a document that is issued.

    Attributes:
        on: the day whose rates and registrations hold.
        seller_number: the provider's tax number under which it is declared, or "".
        rounding: of RoundingMode.
        proof_ids: stored proofs of a consumer's place that name its country.
    """

    on: date
    currency: str
    lines: tuple[TaxedLine, ...]
    groups: tuple[TaxGroup, ...]
    net: Money
    tax: Money
    gross: Money
    rounding: str
    seller_number: str = ""
    proof_ids: tuple[int, ...] = ()

    @property
    def taxes(self) -> tuple[TaxLine, ...]:
        """Return the taxes of all groups."""
        return tuple(line for group in self.groups for line in group.taxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView:
    """A rate as pages show it; `ends` is the first day on which it does not hold, or None."""

    public_id: str
    country: str
    region: str
    postcode_prefix: str
    category: str
    name: str
    percent: Decimal
    begins: date
    ends: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """A category of what is sold; `provision` of the law exempts it."""

    code: str
    name: str
    is_exempt: bool
    provision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationView:
    """A registration as pages show it; `ends` is the first day on which it does not hold, or None."""

    public_id: str
    kind: str
    country: str
    region: str
    number: str
    lut: str
    is_home: bool
    begins: date
    ends: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A rate that the seed proposes for review.

    Attributes:
        country: ISO 3166, two letters.
        percent: the standard rate that the data names.
        own: the provider's rate of the day, or None.
        source: the data and its day.
    """

    country: str
    name: str
    percent: Decimal
    own: Decimal | None
    source: str

    @property
    def differs(self) -> bool:
        """Return whether taking it over would change anything."""
        return self.own != self.percent


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxNumberView:
    """A customer's tax number as pages show it."""

    public_id: str
    country: str
    number: str
    standing: str
    checked_at: datetime | None
    valid_at: datetime | None
    next_check_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxAddress:
    """What is known of a customer's place.

    Attributes:
        region: India's state as two digits, a state of the USA as two letters, or free.
        delivery: lines of the address of delivery where it is another one, else "".
        delivery_region: its state, as `region`.
    """

    country: str = ""
    region: str = ""
    postcode: str = ""
    city: str = ""
    delivery: str = ""
    delivery_region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """Evidence of one check of a number."""

    number: str
    outcome: str
    source: str
    fault: str
    consultation_number: str
    requester: str
    name: str
    address: str
    asked_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionView:
    """A customer's exemption; `ends` is the first day on which it does not hold, or None."""

    public_id: str
    country: str
    region: str
    certificate: str
    state: str
    file_name: str
    begins: date
    ends: date | None
    note: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """A proof of a customer's place."""

    id: int
    kind: str
    country: str
    detail: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxFile:
    """A stored file."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxProfileView:
    """All that is known of a customer for tax."""

    address: TaxAddress
    numbers: tuple[TaxNumberView, ...] = ()
    exemptions: tuple[ExemptionView, ...] = ()
    proofs: tuple[ProofView, ...] = ()
    checks: tuple[CheckView, ...] = field(default=())
