"""No tax, and the plain case of a country without rules of its own here; called by `tax.rules.decision`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tax.enums import Notice, Reason, TaxCode
from tax.rules.cases import Part, taxed, untaxed

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Registered


def unregistered(case: Case) -> Decision:
    """Tax nothing: the provider is registered nowhere.

    Args:
        case: any customer.

    Source: who is not registered must not show tax; for instance Directive 2006/112/EC, Art. 203 (who shows VAT owes
        it) and Art. 284 (exempt small enterprises).
    """
    return untaxed(TaxCode.OUTSIDE, case.customer.country, Reason.UNREGISTERED, {})


def decide_elsewhere(case: Case, home: Registered) -> Decision:
    """Tax a customer of a provider whose country has no rules here: its configured rate at home, nothing abroad.

    Args:
        case: the customer is anywhere.
        home: where the provider is established.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: OECD, International VAT/GST Guidelines (2017), 3.1 to 3.6: services are taxed where they are consumed.
    """
    customer = case.customer
    words = {"place": customer.country, "home": home.country}
    if customer.country not in {"", home.country}:
        return untaxed(TaxCode.OUTSIDE, customer.country, Reason.OUTSIDE, words, Notice.OUTSIDE)
    reason = Reason.DOMESTIC if customer.country else Reason.UNKNOWN_PLACE
    row = case.book.rate(
        home.country, case.category, region=customer.region, postcode=customer.postcode
    )
    return taxed(home.country, reason, [Part(row.name, row.percent, row.region)], words)
