"""Checks of tax numbers: their register is asked until it answers, people note what they read, all of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.scope import provider_scope
from tax.clients import vies
from tax.enums import CheckOutcome, CheckSource
from tax.errors import NumberNotFound
from tax.models import NumberCheck, TaxNumber
from tax.rules.places import EU_MEMBERS
from tax.selectors.cases import registrations_on
from tax.services.numbers import locked_number
from tax.services.register_lines import line_to
from tax.services.tax_ids import vies_parts
from tenants.registry_tax import TAX_RECHECK_DAYS
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LIMIT: Final = 200
# Whoever asks holds the number for so long; a worker that dies in the question is followed after it.
CLAIM: Final = timedelta(minutes=10)
# A new number waits for its state for so long, which is two slow answers; after it the sweep has it.
PATIENCE: Final = timedelta(minutes=1)
# After so many questions without an answer the next one comes after these, then daily.
TRIES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)


@dataclass(frozen=True, slots=True)
class CheckCount:
    """What a round did: how many were asked about, how many had no answer, and which member states were silent."""

    asked: int = 0
    unavailable: int = 0
    silent: tuple[str, ...] = ()


def record_by_hand(
    *,
    provider_id: int,
    tenant_id: int,
    public_id: str,
    is_valid: bool,
    consultation_number: str,
    note: str,
    user_id: int,
    now: datetime,
) -> None:
    """Note what a person read in a register.

    Args:
        provider_id: whose customer; its scope is open.
        tenant_id: whose number.
        public_id: which.
        is_valid: what the register said.
        consultation_number: the register's proof that it was asked, or "".
        note: where and how.
        user_id: who asked.
        now: the present moment.

    Raises:
        NumberNotFound: the customer has no such number.

    Idempotency: none; each is evidence of its own.
    """
    row = locked_number(provider_id, tenant_id, public_id)
    if row.removed_at is not None:
        raise NumberNotFound
    answer = vies.Answer(
        CheckOutcome.VALID if is_valid else CheckOutcome.INVALID,
        consultation_number=consultation_number.strip()[:64],
    )
    check = _evidence(row, answer, CheckSource.HAND, "", now)
    check.note, check.checked_by = note.strip()[:300], user_id
    check.save()
    _take_up(row, answer, now)


def check_number(
    *,
    provider_id: int,
    number_id: int,
    clock: Callable[[], datetime],
    patience: timedelta = PATIENCE,
) -> str | None:
    """Ask the register about a number that is due, and keep the evidence.

    Args:
        provider_id: whose; no transaction is open.
        number_id: the row's number.
        clock: tells the present moment; read when its turn has come, which is what the evidence says.
        patience: how long to wait while others ask its state, one question after the other.

    Returns:
        The outcome; None when it was not due, somebody else is asking about it, or its state was asked all the time.

    Raises:
        RuntimeError: a transaction is open, so the claim would not be seen by others.

    Idempotency: one question per due time, whoever asks.
    """
    with transaction.atomic(durable=True), provider_scope(provider_id):
        rows = TaxNumber.objects.filter(provider_id=provider_id, pk=number_id)
        country = rows.values_list("country", flat=True).first()
    if country is None:
        return None
    with line_to(country, patience=patience) as is_held:
        return _check(provider_id, number_id, clock()) if is_held else None


def _check(provider_id: int, number_id: int, now: datetime) -> str | None:
    with transaction.atomic(durable=True), provider_scope(provider_id):
        row = TaxNumber.objects.select_for_update(skip_locked=True).filter(
            provider_id=provider_id, pk=number_id, next_check_at__lte=now
        )
        found = row.first()
        if found is None:
            return None
        TaxNumber.objects.filter(pk=found.pk).update(next_check_at=now + CLAIM)
        requester = _requester(provider_id, now)
    answers = _answers(vies_parts(found.country, found.number), requester)
    with transaction.atomic(durable=True), provider_scope(provider_id):
        current = TaxNumber.objects.select_for_update().get(provider_id=provider_id, pk=number_id)
        for shown, answer in answers:
            _evidence(current, answer, CheckSource.VIES, shown, now).save()
        if current.removed_at is None:
            _take_up(current, answers[-1][1], now)
    return answers[-1][1].outcome


def _answers(
    asked: tuple[str, str], requester: tuple[str, str] | None
) -> list[tuple[str, vies.Answer]]:
    """Return each requester that was named, with the answer; the last answer counts."""
    if requester is None:
        return [("", vies.ask(asked, None))]
    first = requester[1], vies.ask(asked, vies_parts(*requester))
    if first[1].fault != vies.NO_REQUESTER:
        return [first]
    # It says nothing of the customer's number, and would for ever: what is left is an answer without a proof of it.
    return [first, ("", vies.ask(asked, None))]


def check_due(
    *,
    provider_id: int,
    clock: Callable[[], datetime],
    limit: int = LIMIT,
    after_each: Callable[[], None] = lambda: None,
) -> CheckCount:
    """Ask about a provider's numbers that are due, one after the other; a silent member state is left alone.

    So is one that somebody else asks: it waits for the next round, and takes no other state's place in this one.

    Args:
        provider_id: whose; no transaction is open.
        clock: tells the present moment; read at each question, for a round may take an hour.
        limit: at most so many.
        after_each: called after each question, which may take half a minute.

    Returns:
        What was done.

    Idempotency: as `check_number`.
    """
    began = clock()
    asked = unavailable = 0
    seen: set[int] = set()
    silent: set[str] = set()
    busy: set[str] = set()
    while len(seen) < limit and (found := _next_due(provider_id, began, seen, silent | busy)):
        number_id, country = found
        with line_to(country) as is_held:
            if not is_held:
                busy.add(country)
                continue
            seen.add(number_id)
            outcome = _check(provider_id, number_id, clock())
        asked += outcome is not None
        if outcome == CheckOutcome.UNAVAILABLE:
            unavailable += 1
            silent.add(country)
        after_each()
    return CheckCount(asked, unavailable, tuple(sorted(silent)))


def _next_due(
    provider_id: int, now: datetime, seen: set[int], without: set[str]
) -> tuple[int, str] | None:
    with transaction.atomic(durable=True), provider_scope(provider_id):
        due = TaxNumber.objects.filter(provider_id=provider_id, next_check_at__lte=now)
        due = due.exclude(pk__in=seen).exclude(country__in=without)
        return due.order_by("next_check_at", "pk").values_list("pk", "country").first()


def _take_up(row: TaxNumber, answer: vies.Answer, now: datetime) -> None:
    own = TaxNumber.objects.filter(pk=row.pk)
    if answer.outcome == CheckOutcome.UNAVAILABLE:
        wait = TRIES[min(row.tries, len(TRIES) - 1)]
        own.update(checked_at=now, tries=row.tries + 1, next_check_at=now + wait)
        return
    again = timedelta(days=get_setting(row.provider_id, TAX_RECHECK_DAYS))
    own.update(
        said=answer.outcome,
        said_at=now,
        checked_at=now,
        tries=0,
        next_check_at=now + again if row.country in EU_MEMBERS else None,
    )


def _evidence(
    row: TaxNumber, answer: vies.Answer, source: CheckSource, requester: str, now: datetime
) -> NumberCheck:
    return NumberCheck(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        number_id=row.pk,
        number=row.number,
        source=source,
        outcome=answer.outcome,
        fault=answer.fault,
        requester=requester,
        consultation_number=answer.consultation_number,
        name=answer.name,
        address=answer.address,
        raw=answer.raw,
        asked_at=now,
    )


def _requester(provider_id: int, now: datetime) -> tuple[str, str] | None:
    """Return country and number of the provider's own registration in the EU, the home one first."""
    for one in registrations_on(provider_id, now.date()):
        if one.country in EU_MEMBERS and one.kind == "vat":
            return one.country, one.number
    return None
