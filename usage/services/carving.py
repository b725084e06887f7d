"""Find the part of a posting that pays for fees, so that revenue lands on the right account. Called by the hourly job.

The wallet's amount is rounded once over usage and fees; the fees' part is what they add to that rounded figure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind
from accounts.types import CarveOut
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.pricing.exact import round_half_away
from usage.selectors.due_sql import exact_dues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from usage.services.fees import EnteredFees

_PERIODS: Final = """
    SELECT p.id, p.state, w.currency FROM accounts_period p
      JOIN accounts_wallet w ON w.provider_id = p.provider_id AND w.id = p.wallet_id
     WHERE p.provider_id = %s AND p.id = ANY(%s) AND p.is_charged AND p.state IN ('current', 'late')
"""


@dataclass(frozen=True, slots=True)
class CarvedFees:
    """Revenue of fees within the postings of running and of late periods."""

    current: tuple[CarveOut, ...] = ()
    late: tuple[CarveOut, ...] = ()


def carve_fees(
    *, provider_id: int, fees: Sequence[EnteredFees], until: datetime | None
) -> CarvedFees:
    """Return what newly entered fees add to the rounded dues of charged periods, per currency and account.

    Args:
        provider_id: whose; its scope is open.
        fees: what the run has entered in this transaction.
        until: as in the selection of what is due.
    """
    if not fees:
        return CarvedFees()
    tenant_ids = sorted({fee.tenant_id for fee in fees})
    sql, params = exact_dues(
        provider_id=provider_id, tenant_from=0, tenant_to=0, tenant_ids=tenant_ids, until=until
    )
    due = {period_id: Fraction(exact) for period_id, exact in fetch_all(sql, params)}
    by_period: dict[int, list[EnteredFees]] = defaultdict(list)
    for fee in fees:
        by_period[fee.period_id].append(fee)
    sums: dict[str, Counter[tuple[str, str]]] = {"current": Counter(), "late": Counter()}
    for row in fetch_dicts(_PERIODS, [provider_id, list(by_period)]):
        for kind, amount in _parts(due[row["id"]], by_period[row["id"]]):
            sums[row["state"]][row["currency"], kind] += amount
    return CarvedFees(_carve_outs(sums["current"]), _carve_outs(sums["late"]))


def _parts(due: Fraction, fees: Sequence[EnteredFees]) -> list[tuple[str, int]]:
    one_time = sum((Fraction(fee.amount_minor) for fee in fees if fee.is_one_time), Fraction(0))
    recurring = sum(
        (Fraction(fee.amount_minor) for fee in fees if not fee.is_one_time), Fraction(0)
    )
    without = round_half_away(due - one_time - recurring)
    with_one_time = round_half_away(due - recurring)
    return [
        (AccountKind.REVENUE_ONE_TIME, with_one_time - without),
        (AccountKind.REVENUE_RECURRING, round_half_away(due) - with_one_time),
    ]


def _carve_outs(sums: Counter[tuple[str, str]]) -> tuple[CarveOut, ...]:
    return tuple(
        CarveOut(currency=currency, kind=kind, amount_minor=amount)
        for (currency, kind), amount in sorted(sums.items())
        if amount
    )
