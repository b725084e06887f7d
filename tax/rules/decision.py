"""The one question to all rules: which jurisdiction taxes a case, and how. Called by `tax.selectors.calculation`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tax.enums import Notice, Reason, RegistrationKind, TaxCode
from tax.rules import eu, india, none, uk, us
from tax.rules.places import EU_MEMBERS, tax_country

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Registered


def decide(case: Case) -> Decision:
    """Say how a category is taxed for a customer on a day.

    Args:
        case: everything that counts.

    Returns:
        The decision with its reason; exemptions of the category and of the customer are in it.

    Raises:
        RateMissing: a tax applies and its rate is not known.
        StateMissing: India's law asks for the customer's state, and nobody has said it.

    Source: the functions of each jurisdiction name theirs.
    """
    home = case.home
    if home is None:
        return none.unregistered(case)
    decision = _exempted(case, _from_abroad(case, home) or _at_home(case, home))
    india.check_state(case, decision)
    return decision


def _at_home(case: Case, home: Registered) -> Decision:
    if tax_country(home.country) in EU_MEMBERS:
        return eu.decide(case, home)
    match home.kind:
        case RegistrationKind.UK:
            return uk.decide(case, home)
        case RegistrationKind.GST:
            return india.decide(case, home)
        case RegistrationKind.SALES:
            return us.decide(case, home)
    return none.decide_elsewhere(case, home)


def _from_abroad(case: Case, home: Registered) -> Decision | None:
    """Return the decision of the customer's country when the provider is established elsewhere and registered there."""
    there = tax_country(case.customer.country)
    if there in {"", tax_country(home.country)}:
        return None
    if there == uk.COUNTRY and case.registered(RegistrationKind.UK):
        return uk.decide_from_abroad(case)
    if there == india.COUNTRY and case.registered(RegistrationKind.GST):
        return india.decide_from_abroad(case)
    if there == us.COUNTRY and case.registered(RegistrationKind.SALES):
        return us.decide(case, home)
    is_known_in_eu = case.registered(RegistrationKind.OSS) or case.registered(
        RegistrationKind.VAT, there
    )
    if there in EU_MEMBERS and is_known_in_eu:
        return eu.decide(case, home)
    return None


def _exempted(case: Case, decision: Decision) -> Decision:
    if decision.code not in {TaxCode.STANDARD, TaxCode.ZERO} or not decision.parts:
        return decision
    if case.is_exempt:
        words = {"category": case.category, "provision": case.provision}
        return _without(decision, Reason.CATEGORY_EXEMPT, words)
    for one in case.customer.exemptions:
        if one.country == decision.country and one.region in {"", decision.region}:
            words = {"place": one.country, "certificate": one.certificate}
            return _without(decision, Reason.CUSTOMER_EXEMPT, words)
    return decision


def _without(decision: Decision, reason: Reason, words: dict[str, str]) -> Decision:
    return replace(
        decision,
        code=TaxCode.EXEMPT,
        reason=reason,
        words={**decision.words, **words},
        parts=(),
        notice=Notice.EXEMPT,
    )
