"""VAT of the United Kingdom on services supplied electronically and by telephone; called by `tax.rules.decision`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tax.enums import Notice, Reason, Standing, TaxCode
from tax.rules.cases import Part, doubt_of, taxed, untaxed
from tax.rules.places import tax_country

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Registered

COUNTRY: Final = "GB"


def decide(case: Case, home: Registered) -> Decision:
    """Tax a customer of a provider that is established in the United Kingdom.

    Args:
        case: the customer is anywhere.
        home: where the provider is established.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: VAT Act 1994, s. 7A(2) (business: where the recipient belongs) and Sch. 4A para. 15 and 16 (consumers of
        broadcasting, telecommunication and electronic services: where the consumer belongs); HMRC VAT Notice 741A,
        sections 6 and 15 (https://www.gov.uk/guidance/vat-place-of-supply-of-services-notice-741a).
    """
    there = tax_country(case.customer.country)
    if there and there != COUNTRY:
        words = {"place": case.customer.country, "home": home.country}
        return untaxed(TaxCode.OUTSIDE, there, Reason.OUTSIDE, words, Notice.OUTSIDE)
    reason = Reason.DOMESTIC if there else Reason.UNKNOWN_PLACE
    return _taxed(case, reason, {"place": case.customer.country, "home": home.country})


def decide_from_abroad(case: Case) -> Decision:
    """Tax a customer in the United Kingdom of a provider that is registered there and established elsewhere.

    Args:
        case: the customer is in the United Kingdom.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: VAT Act 1994, s. 8 (reverse charge by the recipient), Sch. 4A para. 15 and 16; HMRC VAT Notice 741A,
        section 18. Numbers are confirmed by hand at HMRC's service (https://www.gov.uk/check-uk-vat-number).
    """
    number = case.number_of(COUNTRY)
    if number is not None and number.standing == Standing.VALID:
        words = {"number": number.number}
        return untaxed(
            TaxCode.REVERSE_CHARGE, COUNTRY, Reason.UK_REVERSE, words, Notice.REVERSE_CHARGE
        )
    if number is None:
        return _taxed(case, Reason.UK_CONSUMER, {})
    decision = _taxed(case, Reason.UK_CONSUMER, {"number": number.number})
    return replace(decision, notes=(doubt_of(number),))


def _taxed(case: Case, reason: Reason, words: dict[str, str]) -> Decision:
    postcode = case.customer.postcode if case.customer.country else ""
    row = case.book.rate(COUNTRY, case.category, postcode=postcode)
    return taxed(COUNTRY, reason, [Part(row.name, row.percent)], words)
