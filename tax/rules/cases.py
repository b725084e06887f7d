"""What the rules are given and what they answer: frozen values, filled by `tax.selectors.cases` from the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tax.enums import STANDARD, Note, Notice, Reason, RegistrationKind, Standing, TaxCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from tax.rules.book import RateBook


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration of the provider that holds on the day.

    Attributes:
        kind: of RegistrationKind.
        country: ISO 3166, two letters; of an OSS registration the member state of identification.
        region: India's state as two digits, or a state of the USA as two letters, else "".
        number: the tax number.
        lut: India's letter of undertaking for exports, or "".
        is_home: where the provider is established; at most one.
    """

    kind: str
    country: str
    region: str = ""
    number: str = ""
    lut: str = ""
    is_home: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A tax number of the customer: country (ISO 3166), the number in its compact form, and what is known of it."""

    country: str
    number: str
    standing: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exemption that the provider has accepted; `region` is "" for the whole country."""

    country: str
    region: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys; `country` is "" while it is not known, and `region` means what it does in `Registered`."""

    country: str = ""
    region: str = ""
    postcode: str = ""
    numbers: Sequence[Number] = ()
    exemptions: Sequence[Exemption] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One customer, one category, one day.

    Attributes:
        registrations: the provider's that hold on the day.
        is_online: what is sold are online services in the sense of India's law.
        below_threshold: sales to consumers in other member states stay below the threshold of Art. 59c.
        category: code of what is sold.
        is_exempt: the category is exempt wherever it would be taxed.
        provision: of the law that exempts the category, or "".
        book: the rates of the day.
    """

    registrations: Sequence[Registered]
    customer: Customer
    book: RateBook
    below_threshold: bool = True
    category: str = STANDARD
    is_exempt: bool = False
    provision: str = ""
    is_online: bool = False

    @property
    def home(self) -> Registered | None:
        """Return where the provider is established, None when it is registered nowhere."""
        return next((one for one in self.registrations if one.is_home), None)

    def registered(
        self, kind: RegistrationKind, country: str = "", region: str = ""
    ) -> Registered | None:
        """Return the provider's registration of a kind.

        Args:
            kind: which rules.
            country: of that country only; "" for any.
            region: of that state only; "" for any.
        """
        for one in self.registrations:
            if one.kind == kind and country in {"", one.country} and region in {"", one.region}:
                return one
        return None

    def number_of(self, country: str) -> Number | None:
        """Return the customer's number of a country: a valid one first, one that its register denied last.

        Args:
            country: ISO 3166, two letters.
        """
        own = [one for one in self.customer.numbers if one.country == country]
        return min(own, key=_rank, default=None)


def doubt_of(number: Number) -> Note:
    """Return what is to be looked at in a number that was not confirmed lately.

    Args:
        number: of any standing but `valid`.
    """
    said = {Standing.INVALID: Note.NUMBER_INVALID, Standing.STALE: Note.NUMBER_STALE}
    return said.get(Standing(number.standing), Note.NUMBER_PENDING)


def _rank(number: Number) -> int:
    return {Standing.VALID: 0, Standing.INVALID: 2}.get(Standing(number.standing), 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One tax of a decision: most have one, India's two halves and the USA's state and town have more.

    Attributes:
        name: as documents name it, for instance `VAT` or `CGST`.
        percent: of the net amount.
        region: of the authority, or "" for the country's.
    """

    name: str
    percent: Decimal
    region: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """How one category is taxed.

    Attributes:
        code: of TaxCode.
        country: whose tax it is, or would be.
        reason: of Reason.
        words: what the sentences of reason and notes name; `place` and `home` are countries.
        parts: the taxes; empty unless the code is S or Z.
        notice: what documents say by law, of Notice, or "".
        notes: what somebody should look at, of Note.
        region: place of supply within the country, or "".
        is_consumer_abroad: a consumer in another member state: the place has to be proved.
    """

    code: str
    country: str
    reason: Reason
    words: dict[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    notice: str = ""
    notes: tuple[Note, ...] = ()
    region: str = ""
    is_consumer_abroad: bool = False


def taxed(
    country: str, reason: Reason, parts: Sequence[Part], words: dict[str, str], region: str = ""
) -> Decision:
    """Return a decision that something is taxed; a rate of nothing is zero rated, as EN 16931 has it (BR-S-05).

    Args:
        country: whose tax.
        reason: why.
        parts: the taxes.
        words: what the reason's sentence names.
        region: place of supply within the country.
    """
    code = TaxCode.STANDARD if any(part.percent for part in parts) else TaxCode.ZERO
    return Decision(code, country, reason, words, tuple(parts), region=region)


def untaxed(
    code: TaxCode,
    country: str,
    reason: Reason,
    words: dict[str, str],
    notice: Notice | None = None,
) -> Decision:
    """Return a decision that nothing is taxed.

    Args:
        code: AE, Z, E or O.
        country: whose tax it would be.
        reason: why.
        words: what the reason's sentence names.
        notice: what documents have to say.
    """
    return Decision(code, country, reason, words, notice=notice or "")
