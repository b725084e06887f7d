"""Sales tax of the states of the USA, by the regions that a provider has configured; called by `tax.rules.decision`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tax.enums import Note, Notice, Reason, RegistrationKind, TaxCode
from tax.rules.cases import Part, taxed, untaxed

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Registered

COUNTRY: Final = "US"


def decide(case: Case, home: Registered) -> Decision:
    """Tax a customer of a provider that is registered in a state of the USA, or in several.

    Args:
        case: the customer is anywhere.
        home: where the provider is established.

    Raises:
        RateMissing: the provider is registered in the customer's state and has said no rate for it.

    Source: South Dakota v. Wayfair, Inc., 585 U.S. 162 (2018): a state taxes sellers that have a nexus with it. Which
        states those are, and whether a service is taxed there, is the provider's configuration; the taxes of state and
        town add up, by the customer's address (Streamlined Sales and Use Tax Agreement, s. 310).
    """
    customer = case.customer
    if customer.country not in {"", COUNTRY}:
        words = {"place": customer.country, "home": home.country}
        return untaxed(TaxCode.OUTSIDE, customer.country, Reason.OUTSIDE, words, Notice.OUTSIDE)
    if not customer.region:
        decision = untaxed(TaxCode.OUTSIDE, COUNTRY, Reason.US_NO_STATE, {})
        return replace(decision, notes=(Note.NO_STATE,))
    words = {"state": customer.region}
    if not case.registered(RegistrationKind.SALES, COUNTRY, customer.region):
        decision = untaxed(TaxCode.OUTSIDE, COUNTRY, Reason.US_NO_NEXUS, words)
        return replace(decision, region=customer.region)
    rows = case.book.levels(
        COUNTRY, case.category, region=customer.region, postcode=customer.postcode
    )
    parts = [Part(row.name, row.percent, row.region) for row in rows]
    return taxed(COUNTRY, Reason.US_STATE, parts, words, region=customer.region)
