"""The one public question of tax: what tax do these lines of this tenant bear on this day, and why?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.kernel.errors import CurrencyMismatchError
from billing_platform.kernel.money import Money, sum_money
from tax.enums import Note, Reason, RegistrationKind, RoundingMode, TaxCode
from tax.errors import InvalidCategory, RateMissing
from tax.rules.amounts import GroupAmounts, group_amounts
from tax.rules.cases import Case
from tax.rules.decision import decide
from tax.rules.places import tax_country
from tax.selectors.cases import facts_of
from tax.selectors.words import because, country_name, notes_of, notice_text
from tax.types import TaxedLine, TaxGroup, TaxLine, TaxResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tax.rules.cases import Decision, Registered
    from tax.selectors.cases import Facts
    from tax.types import TaxableLine, TaxAddress


@dataclass(frozen=True, slots=True)
class _Treated:
    """The lines of one category with how they are taxed."""

    category: str
    decision: Decision
    lines: Sequence[TaxableLine]


def tax_for(
    *,
    provider_id: int,
    tenant_id: int,
    lines: Sequence[TaxableLine],
    on: date,
    includes_tax: bool | None = None,
    address: TaxAddress | None = None,
) -> TaxResult:
    """Return the tax of lines, with its reasons; nothing is written and nobody outside is asked.

    Args:
        provider_id: who sells; its scope, or the tenant's own, is open.
        tenant_id: who buys.
        lines: at least one, of one currency, after discounts; each key once.
        on: the day of supply: its rates and registrations hold.
        includes_tax: whether the amounts are gross; None for the provider's setting `tax.prices_inclusive`.
        address: to be used in place of the stored one, for a preview.

    Returns:
        Lines in the order given, and one group per treatment. Net + tax = gross, in sum and in every line; the lines
        add up to the groups and the groups to the total.

    Raises:
        ValueError: no lines, or a key twice.
        CurrencyMismatchError: amounts of two currencies.
        InvalidCategory: a line of a category that the provider does not have.
        RateMissing: a tax applies and its rate is not known; the message says where.
        StateMissing: India's law asks for the customer's state, and nobody has said it.

    Source: docs/decisions/0021-tax-point-and-rounding.md.
    """
    currency = _currency_of(lines)
    facts = facts_of(provider_id, tenant_id, on=on, address=address)
    is_gross = facts.prices_inclusive if includes_tax is None else includes_tax
    treated = _treated(facts, lines, on)
    per_line = facts.rounding == RoundingMode.LINE
    taxed: dict[str, TaxedLine] = {}
    groups: list[TaxGroup] = []
    for place, part in enumerate(treated):
        amounts = group_amounts(
            [line.amount.amount_minor for line in part.lines],
            [tax.percent for tax in part.decision.parts],
            includes_tax=is_gross,
            per_line=per_line,
        )
        groups.append(_group(part, amounts, currency))
        taxed |= {line.key: line for line in _lines(part, amounts, currency, place)}
    ordered = tuple(taxed[line.key] for line in lines)
    return TaxResult(
        on=on,
        currency=currency,
        lines=ordered,
        groups=tuple(groups),
        net=sum_money((line.net for line in ordered), currency),
        tax=sum_money((line.tax for line in ordered), currency),
        gross=sum_money((line.gross for line in ordered), currency),
        rounding=facts.rounding,
        seller_number=_seller_number(facts, [part.decision for part in treated]),
        proof_ids=_proofs(facts),
    )


def _currency_of(lines: Sequence[TaxableLine]) -> str:
    if not lines or len({line.key for line in lines}) != len(lines):
        raise ValueError("Tax needs at least one line, and each key once.")
    currencies = {line.amount.currency for line in lines}
    if len(currencies) > 1:
        raise CurrencyMismatchError
    return currencies.pop()


def _treated(facts: Facts, lines: Sequence[TaxableLine], on: date) -> list[_Treated]:
    by_category: dict[str, list[TaxableLine]] = defaultdict(list)
    for line in lines:
        by_category[line.category].append(line)
    decided = [
        _Treated(category, _decided(facts, category, on), own)
        for category, own in by_category.items()
    ]
    # Categories that are taxed alike are one group, so that their tax is rounded once (EN 16931, BG-23).
    merged: list[_Treated] = []
    for part in decided:
        alike = next((one for one in merged if _is_alike(one.decision, part.decision)), None)
        if alike is None:
            merged.append(part)
        else:
            both = replace(alike, lines=[*alike.lines, *part.lines])
            merged[merged.index(alike)] = both
    return merged


def _is_alike(one: Decision, other: Decision) -> bool:
    def essence(decision: Decision) -> tuple[object, ...]:
        parts = (decision.code, decision.country, decision.region, decision.parts)
        # Two provisions of the law are two reasons on the document.
        told = (decision.reason, decision.notice, decision.words.get("provision", ""))
        return (*parts, *told)

    return essence(one) == essence(other)


def _decided(facts: Facts, category: str, on: date) -> Decision:
    if category not in facts.exempt:
        raise InvalidCategory(message=_("There is no category %s.") % repr(category[:40]))
    case = Case(
        registrations=facts.registrations,
        customer=facts.customer,
        book=facts.book,
        below_threshold=facts.below_threshold,
        is_online=facts.is_online,
        category=category,
        is_exempt=facts.exempt[category] is not None,
        provision=facts.exempt[category] or "",
    )
    try:
        decision = decide(case)
    except RateMissing as error:
        words = {
            "place": country_name(facts.customer.country) or _("the provider's country"),
            "category": category,
            "day": on.isoformat(),
        }
        message = _("No rate of tax is stored for %(place)s, category %(category)s, %(day)s.")
        raise RateMissing(message=message % words) from error
    return replace(decision, notes=(*decision.notes, *_about_proofs(facts, decision)))


def _about_proofs(facts: Facts, decision: Decision) -> tuple[Note, ...]:
    if not decision.is_consumer_abroad:
        return ()
    notes = []
    if len(_proofs(facts)) < facts.proofs_wanted:
        notes.append(Note.NO_PROOF)
    if any(country != facts.customer.country for _number, country in facts.proofs):
        notes.append(Note.PROOFS_DIFFER)
    return tuple(notes)


def _proofs(facts: Facts) -> tuple[int, ...]:
    return tuple(number for number, country in facts.proofs if country == facts.customer.country)


def _group(part: _Treated, amounts: GroupAmounts, currency: str) -> TaxGroup:
    decision = part.decision
    base = Money(amounts.base, currency)
    taxes = tuple(
        TaxLine(
            name=tax.name,
            percent=tax.percent,
            country=decision.country,
            region=tax.region,
            base=base,
            tax=Money(amount, currency),
        )
        for tax, amount in zip(decision.parts, amounts.taxes, strict=True)
    )
    return TaxGroup(
        code=str(decision.code),
        category=part.category,
        country=decision.country,
        region=decision.region,
        base=base,
        percent=sum((tax.percent for tax in decision.parts), start=Decimal(0)),
        taxes=taxes,
        reason=str(decision.reason),
        because=because(decision.reason, decision.words),
        words=dict(decision.words),
        notes=notes_of(decision.notes, decision.words),
        notice=str(decision.notice),
        notice_text=notice_text(decision.notice, decision.words),
        customer_number=decision.words.get("number", "")
        if decision.code == TaxCode.REVERSE_CHARGE
        else "",
    )


def _lines(part: _Treated, amounts: GroupAmounts, currency: str, group: int) -> list[TaxedLine]:
    return [
        TaxedLine(
            key=line.key,
            net=Money(net, currency),
            tax=Money(tax, currency),
            gross=Money(net + tax, currency),
            group=group,
        )
        for line, net, tax in zip(part.lines, amounts.nets, amounts.line_taxes, strict=True)
    ]


def _seller_number(facts: Facts, decisions: Sequence[Decision]) -> str:
    """Return the number under which what is taxed is declared, else the one of home."""
    taxed = [decision for decision in decisions if decision.parts]
    there = [one for one in facts.registrations for each in taxed if _declares(one, each)]
    home = [one for one in facts.registrations if one.is_home]
    return next((one.number for one in (*there, *home)), "")


def _declares(registered: Registered, decision: Decision) -> bool:
    if decision.reason == Reason.EU_OSS:
        return registered.kind == RegistrationKind.OSS
    # Each state of the USA has its own; India's seller stays where it is, whatever the place of supply.
    is_state = registered.kind == RegistrationKind.SALES
    is_there = not is_state or registered.region == decision.region
    is_country = tax_country(registered.country) == tax_country(decision.country)
    return is_country and is_there and registered.kind != RegistrationKind.OSS
