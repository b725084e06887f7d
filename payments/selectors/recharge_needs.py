"""By which recharge a need is paid: a declined one and its retries ask for the same. Called by links and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from payments.enums import CREDITED, OPEN_STATES, AttemptState, RechargeState
from payments.errors_recharges import RechargeNotFound
from payments.models import Attempt, Recharge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

# Money that has come, or that its payer has let go of.
TAKEN: Final = (*CREDITED, AttemptState.PENDING, AttemptState.QUARANTINED)
# It ended before anybody was asked; the next scan begins anew.
_NEVER_ASKED: Final = Q(state=RechargeState.DONE, decline="") & ~Q(code="")


def recharge_of_need(provider_id: int, tenant_id: int, public_id: str) -> Recharge:
    """Return the recharge by which the need of a declined one is paid by hand, or was, by at most five queries.

    That is the one that was paid by hand, else the one whose page is open, else the newest.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose recharge.
        public_id: of a recharge that was declined; what was tried again afterwards belongs to its need.

    Raises:
        RechargeNotFound: the tenant has no such recharge, nobody refused it, or a later one met its need or is under
            way.
    """
    named = _declined(provider_id, tenant_id, public_id)
    rows, is_over = _need_of(named)
    paid = _payments(provider_id, rows)
    opened = None
    for row in rows:
        taken = [one for one in _of(row, paid) if one.state in TAKEN]
        # What was paid before `named` was asked for ended another need.
        if any(row.number >= named.number or _is_since(one, named) for one in taken):
            return row
        if taken:
            opened = None
        elif _is_open(row, paid):
            opened = row
    if is_over:
        raise RechargeNotFound
    return opened or rows[-1]


def pages_of_need(provider_id: int, tenant_id: int, public_id: str) -> list[int]:
    """Return the payments by hand of a declined recharge's need that have not come in, by at most five queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose recharge.
        public_id: as for `recharge_of_need`.

    Raises:
        RechargeNotFound: the tenant has no such recharge, or nobody refused it.
    """
    rows, _is_over = _need_of(_declined(provider_id, tenant_id, public_id))
    paid = _payments(provider_id, rows)
    opened = [paid[row.link_attempt_id] for row in rows if row.link_attempt_id]
    return [one.pk for one in opened if one.state not in CREDITED]


def owed_recharges(provider_id: int, tenant_id: int) -> dict[int, str]:
    """Return the recharges that a tenant may pay by hand, by rule, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose recharges.
    """
    rows = Recharge.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    newest = rows.exclude(_NEVER_ASKED).order_by("rule_id", "-number").distinct("rule_id")
    declined = [row for row in newest if row.decline]
    paid = _payments(provider_id, declined)
    return {
        row.rule_id: row.public_id
        for row in declined
        if not any(one.state in TAKEN for one in _of(row, paid))
    }


def _declined(provider_id: int, tenant_id: int, public_id: str) -> Recharge:
    rows = Recharge.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    row = rows.filter(public_id=public_id).exclude(decline="").first()
    if row is None:
        raise RechargeNotFound
    return row


def _need_of(named: Recharge) -> tuple[list[Recharge], bool]:
    """Return the declined recharges around one, oldest first, and whether another one follows that nobody declined."""
    asked = Recharge.objects.filter(provider_id=named.provider_id, rule_id=named.rule_id).exclude(
        _NEVER_ASKED
    )
    others = asked.filter(decline="")
    before = _numbers(others.filter(number__lt=named.number).order_by("-number")).first()
    after = _numbers(others.filter(number__gt=named.number).order_by("number")).first()
    rows = asked.filter(number__gt=before or 0).order_by("number")
    if after is not None:
        rows = rows.filter(number__lt=after)
    return list(rows), after is not None


def _numbers(rows: QuerySet[Recharge]) -> QuerySet[Recharge, int]:
    return rows.values_list("number", flat=True)


def _payments(provider_id: int, rows: Iterable[Recharge]) -> dict[int, Attempt]:
    numbers = {row.attempt_id for row in rows} | {row.link_attempt_id for row in rows}
    return Attempt.objects.filter(provider_id=provider_id).in_bulk(numbers - {None})


def _of(row: Recharge, paid: Mapping[int, Attempt]) -> list[Attempt]:
    found = [paid.get(number or 0) for number in (row.attempt_id, row.link_attempt_id)]
    return [one for one in found if one is not None]


def _is_open(row: Recharge, paid: Mapping[int, Attempt]) -> bool:
    return row.link_attempt_id is not None and paid[row.link_attempt_id].state in OPEN_STATES


def _is_since(payment: Attempt, named: Recharge) -> bool:
    return payment.settled_at is None or payment.settled_at > named.created_at
