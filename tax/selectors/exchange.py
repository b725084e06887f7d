"""Rates of exchange, and tax in the currency of the state to which it is owed. Called at issue and by pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money, sum_money
from tax.enums import RegistrationKind
from tax.errors import ExchangeRateMissing
from tax.models import ExchangeRate
from tax.rules.exchange import PIVOT, converted, way
from tax.rules.places import national_currency, tax_country
from tax.selectors.cases import registrations_on
from tax.types_exchange import NationalTax, QuotedRate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tax.rules.cases import Registered

# Rates of a month, as finance ministries publish them, come some days after its end; what is older was forgotten.
AGE_MAX: Final = timedelta(days=40)


def exchange_rates(provider_id: int, *, limit: int) -> list[QuotedRate]:
    """Return stored rates, the newest day first, the last word of a day before those that it replaced.

    Args:
        provider_id: whose; its scope is open.
        limit: at most so many.
    """
    rows = ExchangeRate.objects.filter(provider_id=provider_id).order_by("-valid_on", "-pk")
    return [_rate(row) for row in rows[:limit]]


def national_taxes(
    provider_id: int, taxes: Sequence[tuple[str, Money]], *, seller: str, on: date
) -> list[NationalTax]:
    """Return what a document has to say of its tax in other currencies than its own; nothing where no law asks.

    Args:
        provider_id: who sells; its scope is open.
        taxes: whose tax (ISO 3166, two letters) and how much, all of one currency.
        seller: where the seller is, ISO 3166.
        on: the day on which the tax fell due.

    Raises:
        ExchangeRateMissing: nobody has stored a rate of that time; nothing is looked up.

    Source: Directive 2006/112/EC, Art. 230 (the tax in the member state's currency), Art. 91(2) (the latest rate of the
        time at which it fell due), Art. 219a (under the One Stop Shop the invoicing rules of the state of
        identification).
    """
    registered = registrations_on(provider_id, on)
    owed: dict[str, list[tuple[str, Money]]] = {}
    for country, tax in taxes:
        currency = _declared_in(registered, country, seller)
        if tax and currency not in {"", tax.currency}:
            owed.setdefault(currency, []).append((country, tax))
    found = []
    for currency, parts in sorted(owed.items()):
        whole = sum_money([tax for _country, tax in parts], parts[0][1].currency)
        countries = tuple(sorted({country for country, _tax in parts}))
        found.append(replace(_national(provider_id, whole, currency, on), countries=countries))
    return found


def at_stored_rate(provider_id: int, amount: Money, currency: str, on: date) -> Money:
    """Return an amount in another currency at the newest rates that the provider stored up to a day.

    Args:
        provider_id: whose; its scope is open.
        amount: any.
        currency: ISO 4217.
        on: the day.

    Raises:
        ExchangeRateMissing: nobody has stored a rate of that time; nothing is looked up.
    """
    return _national(provider_id, amount, currency, on).amount


def again(tax: Money, currency: str, steps: Sequence[QuotedRate]) -> NationalTax:
    """Return tax at the rates of an earlier document, which the one that corrects it keeps.

    Args:
        tax: in the document's currency.
        currency: of the state.
        steps: of the earlier document.
    """
    return NationalTax(tax=tax, amount=converted(tax, currency, steps), steps=tuple(steps))


def _declared_in(registered: Sequence[Registered], country: str, seller: str) -> str:
    """Return the currency of the state in which a tax is declared; "" for a tax that Art. 230 does not speak of."""
    kinds = (RegistrationKind.VAT, RegistrationKind.UK)
    there = tax_country(country)
    if there and not national_currency(there):
        return ""
    if any(one.kind in kinds and tax_country(one.country) == there for one in registered):
        return national_currency(there)
    oss = next((one for one in registered if one.kind == RegistrationKind.OSS), None)
    return national_currency(oss.country if oss else seller)


def _national(provider_id: int, tax: Money, currency: str, on: date) -> NationalTax:
    known = {tax.currency, currency, PIVOT}
    rows = ExchangeRate.objects.filter(
        provider_id=provider_id,
        base__in=known,
        quote__in=known,
        valid_on__range=(on - AGE_MAX, on),
    ).order_by("-valid_on", "-pk")
    steps = way([_rate(row) for row in rows], tax.currency, currency)
    if not steps:
        words = _(
            "The tax has to stand on the document in %(target)s too, and there is no rate of exchange between"
            " %(source)s and %(target)s of that time."
        )
        raise ExchangeRateMissing(message=words % {"source": tax.currency, "target": currency})
    return again(tax, currency, steps)


def _rate(row: ExchangeRate) -> QuotedRate:
    return QuotedRate(
        base=row.base, quote=row.quote, rate=row.rate, on=row.valid_on, source=row.source
    )
