"""The tax of a document in the currency of the state to which it is owed: worked out at issue and frozen with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.money import Money, sum_money
from invoicing.enums import DocumentKind, DocumentState
from invoicing.models import Document, DocumentTax
from tax.selectors.exchange import again, national_taxes
from tax.types_exchange import QuotedRate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tax.types_exchange import NationalTax

KEY: Final = "national_tax"
_OF_THE_LAW: Final = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)


def frozen_national_taxes(
    row: Document, taxes: Sequence[DocumentTax], seller: str
) -> list[dict[str, Any]]:
    """Return what a document says of its tax in other currencies than its own; a credit note at its invoice's rates.

    Args:
        row: about to be issued; its provider's scope is open.
        taxes: its taxes.
        seller: where the seller is, ISO 3166.

    Returns:
        JSON: `currency`, `tax_minor` in it, `countries`, whose tax it is, and `steps`, the rates that led there;
        nothing where no law asks.

    Raises:
        ExchangeRateMissing: nobody has stored a rate of the day on which the tax fell due.

    Source: Directive 2006/112/EC, Art. 230 and 91(2).
    """
    if row.kind not in _OF_THE_LAW or not row.tax_minor:
        return []
    corrected = _corrected(row)
    told = corrected.content.get(KEY, []) if corrected is not None else []
    if corrected is not None and (len(told) == 1 or all("countries" in one for one in told)):
        mine = [one for one in told if _of_countries(taxes, one, row.currency)]
        return [_share(row, corrected, taxes, one) for one in mine]
    parts = [(_country(tax), Money(tax.tax_minor, row.currency)) for tax in taxes]
    on = corrected.supplied_on if corrected is not None else row.supplied_on
    found = national_taxes(row.provider_id, parts, seller=seller, on=on)
    return [_json(one, one.amount.amount_minor) for one in found]


def _corrected(row: Document) -> Document | None:
    if row.corrects_id is None:
        return None
    return Document.objects.get(provider_id=row.provider_id, pk=row.corrects_id)


def _share(
    row: Document, corrected: Document, taxes: Sequence[DocumentTax], told: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a note's part: up to and with it, less that up to the note before; the last one takes what is left."""
    steps, currency = [_rate(step) for step in told["steps"]], told["currency"]
    notes = Document.objects.filter(
        provider_id=row.provider_id, kind=DocumentKind.CREDIT_NOTE, corrects_id=corrected.pk
    ).exclude(state=DocumentState.DRAFT)
    earlier_taxes = DocumentTax.objects.filter(
        provider_id=row.provider_id, document_id__in=notes.values("pk")
    )
    before = _of_countries(earlier_taxes, told, row.currency)
    now = before + _of_countries(taxes, told, row.currency)
    whole, earlier = again(now, currency, steps), again(before, currency, steps)
    found = _json(whole, (whole.amount - earlier.amount).amount_minor)
    return {**found, "countries": told["countries"]} if "countries" in told else found


def _of_countries(taxes: Iterable[DocumentTax], told: Mapping[str, Any], currency: str) -> Money:
    """Return what of some taxes an entry speaks of; one of before it named countries was all of its invoice's."""
    countries = told.get("countries")
    mine = (tax for tax in taxes if countries is None or _country(tax) in countries)
    return sum_money([Money(tax.tax_minor, currency) for tax in mine], currency)


def _country(tax: DocumentTax) -> str:
    return str(tax.region).partition("-")[0]


def _json(found: NationalTax, minor: int) -> dict[str, Any]:
    return {
        "currency": found.amount.currency,
        "tax_minor": minor,
        **({"countries": list(found.countries)} if found.countries else {}),
        "steps": [
            {
                "base": step.base,
                "quote": step.quote,
                "rate": f"{step.rate.normalize():f}",
                "on": step.on.isoformat(),
                "source": step.source,
            }
            for step in found.steps
        ],
    }


def _rate(step: Mapping[str, str]) -> QuotedRate:
    return QuotedRate(
        base=step["base"],
        quote=step["quote"],
        rate=Decimal(step["rate"]),
        on=date.fromisoformat(step["on"]),
        source=step["source"],
    )
