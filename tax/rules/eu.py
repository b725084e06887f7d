"""EU VAT on services supplied electronically and by telephone; called by `tax.rules.decision`.

Goods are not sold here, so the codes K and G are never the answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tax.enums import Note, Notice, Reason, RegistrationKind, Standing, TaxCode
from tax.rules.cases import Part, doubt_of, taxed, untaxed
from tax.rules.places import EU_MEMBERS, in_eu_territory, tax_country

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Number, Registered


def decide(case: Case, home: Registered) -> Decision:
    """Tax a customer of a provider that is established in a member state, or registered in the EU from outside.

    Args:
        case: the customer is anywhere.
        home: where the provider is established.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: Directive 2006/112/EC (https://eur-lex.europa.eu/eli/dir/2006/112/oj): Art. 44 and 196 (business: place of
        the customer, who owes the tax), Art. 58 (consumer: place of the customer), Art. 59c (threshold of EUR 10,000),
        Art. 45 (else the provider's place), Art. 6 (territories). Implementing Regulation (EU) 282/2011, Art. 18: a
        customer without a confirmed number may be treated as a consumer.
    """
    customer = case.customer
    seller, there = tax_country(home.country), tax_country(customer.country)
    if not there:
        return _at(case, seller, Reason.UNKNOWN_PLACE, home, customer_is_there=False)
    if not in_eu_territory(customer.country, customer.postcode):
        words = {"place": customer.country}
        return untaxed(TaxCode.OUTSIDE, there, Reason.EU_OUTSIDE, words, Notice.OUTSIDE_EU)
    if there == seller:
        return _at(case, seller, Reason.DOMESTIC, home)
    number = case.number_of(there)
    if number is not None and number.standing == Standing.VALID:
        words = {"place": customer.country, "number": number.number}
        return untaxed(
            TaxCode.REVERSE_CHARGE, there, Reason.EU_REVERSE, words, Notice.REVERSE_CHARGE
        )
    decision = _to_consumer(case, home, there)
    notes = (*_about(case, number), *decision.notes)
    words = {**decision.words, "number": _named(case, number)}
    return replace(decision, notes=notes, words=words, is_consumer_abroad=True)


def _to_consumer(case: Case, home: Registered, there: str) -> Decision:
    if case.registered(RegistrationKind.OSS):
        return _at(case, there, Reason.EU_OSS, home)
    if case.registered(RegistrationKind.VAT, there):
        return _at(case, there, Reason.EU_LOCAL, home)
    seller = tax_country(home.country)
    # The threshold is for those who are established in one member state only.
    if case.below_threshold and seller in EU_MEMBERS:
        return _at(case, seller, Reason.EU_THRESHOLD, home, customer_is_there=False)
    decision = _at(case, there, Reason.EU_OWED, home)
    return replace(decision, notes=(Note.NO_REGISTRATION,))


def _at(
    case: Case, country: str, reason: Reason, home: Registered, *, customer_is_there: bool = True
) -> Decision:
    # Postcodes mean something in the customer's own country only.
    postcode = case.customer.postcode if customer_is_there else ""
    row = case.book.rate(country, case.category, postcode=postcode)
    words = {"place": case.customer.country, "home": home.country}
    return taxed(country, reason, [Part(row.name, row.percent)], words)


def _about(case: Case, number: Number | None) -> tuple[Note, ...]:
    if number is not None:
        return (doubt_of(number),)
    others = [one for one in case.customer.numbers if one.country in EU_MEMBERS]
    return (Note.NUMBER_ELSEWHERE,) if others else ()


def _named(case: Case, number: Number | None) -> str:
    known = [number] if number else [n for n in case.customer.numbers if n.country in EU_MEMBERS]
    return known[0].number if known else ""
