"""Charge many wallets at once: the bulk form of posting. Called by usage, inside the claim of its chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.enums import REVENUE_KINDS, PostingKind
from accounts.errors import InvalidPostingAmount
from accounts.services.dues_sql import WATCH_STATEMENT, dues_statement
from accounts.services.effects import StateOutcome, follow_up
from accounts.types import CarveOut, DueSelection, DuesResult
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.planner import for_thousands_of_rows, tells_old_rows
from billing_platform.kernel.plans import fetch_planned
from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def post_dues(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    selection: DueSelection,
    now: datetime,
    hours_from: datetime | None = None,
    hours_to: datetime | None = None,
    carve_outs: Sequence[CarveOut] = (),
    late: bool = False,
) -> DuesResult:
    """Post the difference between what is due and what is posted, for the charged wallets of a range of tenants.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range; the caller holds the lock of its chunk.
        selection: what is due so far, per billing period, rounded to minor units.
        now: the moment of the run.
        hours_from: the first usage hour covered, or None.
        hours_to: the hour behind the last one covered, or None.
        carve_outs: revenue of this posting that is not usage (fees newly due).
        late: True charges periods that are over and not closed, as corrections; a wallet with several of them is
            charged for one per call, so call again until no wallet is touched (`post_late_dues` does).

    Returns:
        What was posted; nothing when nothing differs.

    Raises:
        InvalidPostingAmount: a carve-out is of an account that holds no revenue.
        TransactionRequiredError: no transaction is open.

    Idempotency: by state; what is posted stands in the wallet's row, so a second call posts nothing.
    """
    require_atomic()
    if any(carve.kind not in REVENUE_KINDS for carve in carve_outs):
        raise InvalidPostingAmount(message="Only revenue can be carved out of a charge.")
    kind = PostingKind.USAGE_CORRECTION if late else PostingKind.USAGE
    params = {
        **selection.params,
        **_range(provider_id, tenant_from, tenant_to, now),
        **_carved(carve_outs),
        "dues_kind": kind.value,
        "dues_hours_from": hours_from,
        "dues_hours_to": hours_to,
    }
    statement = dues_statement(
        selection.sql, late=late, is_whole=selection.is_whole, tells_old=tells_old_rows()
    )
    if selection.is_whole:
        with for_thousands_of_rows():
            (row,) = fetch_planned(statement, params)
    else:
        (row,) = fetch_dicts(statement, params)
    posting_ids = tuple(row["posting_ids"])
    flips = follow_up(
        provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=posting_ids, now=now
    )
    return DuesResult(
        wallets=row["wallets"],
        posted_minor=row["posted"],
        flips=flips,
        posting_ids=posting_ids,
        refused=tuple(row["refused"]),
    )


def post_late_dues(
    *,
    provider_id: int,
    tenant_from: int,
    tenant_to: int,
    selection: DueSelection,
    now: datetime,
    hours_from: datetime | None = None,
    hours_to: datetime | None = None,
    carve_outs: Sequence[CarveOut] = (),
) -> DuesResult:
    """Post what changed in all late periods of a range of tenants.

    Args:
        provider_id: as in `post_dues`, like all that follow.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        selection: what is due so far, per billing period.
        now: the moment of the run.
        hours_from: the first usage hour covered, or None.
        hours_to: the hour behind the last one covered, or None.
        carve_outs: taken from the first of the statements.

    Returns:
        The sum of its statements.

    Idempotency: by state, as `post_dues`.
    """
    total = DuesResult()
    while True:
        part = post_dues(
            provider_id=provider_id,
            tenant_from=tenant_from,
            tenant_to=tenant_to,
            selection=selection,
            now=now,
            hours_from=hours_from,
            hours_to=hours_to,
            carve_outs=carve_outs,
            late=True,
        )
        total = _add(total, part)
        carve_outs = ()
        if not part.wallets:
            return total


def suspend_watched(
    *, provider_id: int, tenant_from: int, tenant_to: int, now: datetime
) -> DuesResult:
    """Suspend the wallets of a range of tenants whose grace has run out and that had no new usage.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        now: the moment of the run.

    Returns:
        The flips; nothing is posted.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    (row,) = fetch_planned(WATCH_STATEMENT, _range(provider_id, tenant_from, tenant_to, now))
    flips = follow_up(
        provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now
    )
    return DuesResult(flips=flips)


def _range(provider_id: int, tenant_from: int, tenant_to: int, now: datetime) -> dict[str, Any]:
    return {
        "dues_provider": provider_id,
        "dues_from": tenant_from,
        "dues_to": tenant_to,
        "dues_now": now,
    }


def _carved(carve_outs: Sequence[CarveOut]) -> dict[str, Any]:
    return {
        "dues_currencies": [carve.currency for carve in carve_outs],
        "dues_kinds": [str(carve.kind) for carve in carve_outs],
        "dues_amounts": [carve.amount_minor for carve in carve_outs],
    }


def _add(left: DuesResult, right: DuesResult) -> DuesResult:
    return DuesResult(
        wallets=left.wallets + right.wallets,
        posted_minor=_sums(left.posted_minor, right.posted_minor),
        flips=left.flips + right.flips,
        posting_ids=left.posting_ids + right.posting_ids,
        refused=right.refused,
    )


def _sums(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {key: left.get(key, 0) + right.get(key, 0) for key in sorted({*left, *right})}
