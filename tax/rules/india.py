"""India's goods and services tax on services; called by `tax.rules.decision`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tax.enums import Note, Notice, Reason, Standing, TaxCode
from tax.errors import StateMissing
from tax.rules.cases import Part, taxed, untaxed

if TYPE_CHECKING:
    from tax.rules.cases import Case, Decision, Registered

COUNTRY: Final = "IN"
# Among the words of a decision: the state that stood in for one that nobody had said.
ASSUMED: Final = "assumed_state"
# The first two digits of a GSTIN. Source: https://services.gst.gov.in (list of state codes); 28 was Andhra Pradesh
# before its division, 25 Daman and Diu before its union with 26.
STATES: Final = {
    "01": "Jammu and Kashmir",
    "02": "Himachal Pradesh",
    "03": "Punjab",
    "04": "Chandigarh",
    "05": "Uttarakhand",
    "06": "Haryana",
    "07": "Delhi",
    "08": "Rajasthan",
    "09": "Uttar Pradesh",
    "10": "Bihar",
    "11": "Sikkim",
    "12": "Arunachal Pradesh",
    "13": "Nagaland",
    "14": "Manipur",
    "15": "Mizoram",
    "16": "Tripura",
    "17": "Meghalaya",
    "18": "Assam",
    "19": "West Bengal",
    "20": "Jharkhand",
    "21": "Odisha",
    "22": "Chhattisgarh",
    "23": "Madhya Pradesh",
    "24": "Gujarat",
    "26": "Dadra and Nagar Haveli and Daman and Diu",
    "27": "Maharashtra",
    "29": "Karnataka",
    "30": "Goa",
    "31": "Lakshadweep",
    "32": "Kerala",
    "33": "Tamil Nadu",
    "34": "Puducherry",
    "35": "Andaman and Nicobar Islands",
    "36": "Telangana",
    "37": "Andhra Pradesh",
    "38": "Ladakh",
    "97": "Other Territory",
}
# Union territories without a legislature of their own: UTGST takes the place of SGST.
_UNION_TERRITORIES: Final = frozenset({"04", "26", "31", "35", "38", "97"})


def decide(case: Case, home: Registered) -> Decision:
    """Tax a customer of a provider that is established in a state of India.

    Args:
        case: the customer is anywhere.
        home: the provider's registration; `region` is its state.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: IGST Act 2017, s. 12(2) (place of supply: the registered recipient's, else its address on record, else the
        supplier's), s. 7 and 8 (between states, within one), s. 5 (integrated tax), s. 16 (exports are zero rated, with
        or without payment), s. 2(6) (export of services); CGST Act 2017, s. 9; UTGST Act 2017, s. 7.
    """
    if case.customer.country not in {"", COUNTRY}:
        return _export(case, home)
    state = _place_of_supply(case, home)
    percent = case.book.rate(COUNTRY, case.category, region=state).percent
    words = {"state": STATES[state], "home_state": STATES[home.region], "home": COUNTRY}
    if state == home.region:
        own = "UTGST" if state in _UNION_TERRITORIES else "SGST"
        parts = [Part("CGST", percent / 2), Part(own, percent / 2, state)]
        reason = Reason.IN_SAME_STATE
    else:
        parts, reason = [Part("IGST", percent)], Reason.IN_OTHER_STATE
    decision = taxed(COUNTRY, reason, parts, words, region=state)
    if _state_of_number(case) or case.customer.region in STATES:
        return _doubted(case, decision)
    words = {**decision.words, ASSUMED: state}
    return _doubted(case, replace(decision, words=words, notes=(Note.NO_STATE,)))


def check_state(case: Case, decision: Decision) -> None:
    """Refuse to tax an online service within India while nobody has said in which state a consumer is.

    Args:
        case: the customer is anywhere.
        decision: what it came to, exemptions and all.

    Raises:
        StateMissing: the state that decides the tax is only the provider's own, for want of the customer's.

    Source: CGST Rules 2017, rule 46 (f), proviso (the invoice names the recipient's state whatever its value), with
        IGST Act 2017, s. 12(2)(b); CBIC Circular 242/36/2024-GST (the state is asked for before the supply).
    """
    is_taxed_here = decision.country == COUNTRY and bool(decision.parts)
    if case.is_online and is_taxed_here and Note.NO_STATE in decision.notes:
        raise StateMissing


def decide_from_abroad(case: Case) -> Decision:
    """Tax a customer in India of a provider that is registered there and established elsewhere (OIDAR services).

    Args:
        case: the customer is in India.

    Raises:
        RateMissing: the tax applies and its rate is not known.

    Source: IGST Act 2017, s. 13(12) (place of supply), s. 14 (online services from abroad to those not registered),
        s. 5(3) with Notification 10/2017 (a registered recipient owes the tax).
    """
    number = _gstin(case)
    if number:
        words = {"number": number}
        return untaxed(
            TaxCode.REVERSE_CHARGE, COUNTRY, Reason.IN_REVERSE, words, Notice.REVERSE_CHARGE
        )
    percent = case.book.rate(COUNTRY, case.category).percent
    return _doubted(case, taxed(COUNTRY, Reason.IN_FROM_ABROAD, [Part("IGST", percent)], {}))


def _export(case: Case, home: Registered) -> Decision:
    words = {"place": case.customer.country, "lut": home.lut}
    if home.lut:
        return untaxed(TaxCode.ZERO, COUNTRY, Reason.IN_EXPORT_LUT, words, Notice.EXPORT_LUT)
    percent = case.book.rate(COUNTRY, case.category).percent
    decision = taxed(COUNTRY, Reason.IN_EXPORT_PAID, [Part("IGST", percent)], words)
    return replace(decision, notice=Notice.EXPORT_PAID)


def _place_of_supply(case: Case, home: Registered) -> str:
    own = case.customer.region
    return _state_of_number(case) or (own if own in STATES else home.region)


def _state_of_number(case: Case) -> str:
    state = _gstin(case)[:2]
    return state if state in STATES else ""


def _gstin(case: Case) -> str:
    """Return the GSTIN that counts, or ""; no register is asked, so its form is enough while nobody said no."""
    number = case.number_of(COUNTRY)
    return number.number if number and number.standing != Standing.INVALID else ""


def _doubted(case: Case, decision: Decision) -> Decision:
    number = case.number_of(COUNTRY)
    if number is None or number.standing != Standing.INVALID:
        return decision
    words = {**decision.words, "number": number.number}
    return replace(decision, words=words, notes=(*decision.notes, Note.NUMBER_INVALID))
