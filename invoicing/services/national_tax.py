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
    from collections.abc import Mapping, Sequence

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
        JSON: `currency`, `tax_minor` in it, and `steps`, the rates that led there; nothing where no law asks.

    Raises:
        ExchangeRateMissing: nobody has stored a rate of the day on which the tax fell due.

    Source: Directive 2006/112/EC, Art. 230 and 91(2).
    """
    if row.kind not in _OF_THE_LAW or not row.tax_minor:
        return []
    corrected = _corrected(row)
    told = corrected.content.get(KEY, []) if corrected is not None else []
    if corrected is not None and len(told) == 1:
        return [_share(row, corrected, told[0])]
    parts = [(tax.region.partition("-")[0], Money(tax.tax_minor, row.currency)) for tax in taxes]
    on = corrected.supplied_on if corrected is not None else row.supplied_on
    found = national_taxes(row.provider_id, parts, seller=seller, on=on)
    return [_json(one, one.amount.amount_minor) for one in found]


def _corrected(row: Document) -> Document | None:
    if row.corrects_id is None:
        return None
    return Document.objects.get(provider_id=row.provider_id, pk=row.corrects_id)


def _share(row: Document, corrected: Document, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a note's part: up to and with it, less that up to the note before; the last one takes what is left."""
    steps, currency = [_rate(step) for step in told["steps"]], told["currency"]
    notes = Document.objects.filter(
        provider_id=row.provider_id, kind=DocumentKind.CREDIT_NOTE, corrects_id=corrected.pk
    ).exclude(state=DocumentState.DRAFT)
    taken = [Money(minor, row.currency) for minor in notes.values_list("tax_minor", flat=True)]
    before = sum_money(taken, row.currency)
    whole = again(before + Money(row.tax_minor, row.currency), currency, steps)
    earlier = again(before, currency, steps)
    return _json(whole, (whole.amount - earlier.amount).amount_minor)


def _json(found: NationalTax, minor: int) -> dict[str, Any]:
    return {
        "currency": found.amount.currency,
        "tax_minor": minor,
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
