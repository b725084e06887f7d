"""How much a recharge charges; pure, called under the locks of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.enums import Hindrance, RechargeMode

if TYPE_CHECKING:
    from payments.models import RechargeRule


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be charged at once, minor units.

    Attributes:
        least, most: by the provider; `most` None for no maximum.
        day, month: what is left of the customer's caps, None where it set none.
    """

    least: int = 1
    most: int | None = None
    day: int | None = None
    month: int | None = None


def amount_to_charge(
    rule: RechargeRule, *, available: int, pending: int, limits: Limits
) -> tuple[int, Hindrance]:
    """Return what is to be charged, minor units; 0 with the reason when nothing is.

    One charge is enough, however far the balance has fallen, unless a limit makes it smaller. What a limit leaves is
    charged as long as it is no less than the provider's minimum.

    Args:
        rule: of the wallet.
        available: of the wallet, minor units; may be below 0.
        pending: of top-ups that are on their way.
        limits: what may be charged.
    """
    expected = available + pending
    if expected >= rule.threshold_minor:
        return 0, Hindrance.ENOUGH
    wanted = rule.amount_minor - expected
    if rule.mode == RechargeMode.AMOUNT:
        times = -(-(rule.threshold_minor - expected) // rule.amount_minor)
        wanted = times * rule.amount_minor
    amount = max(wanted, limits.least)
    for limit in (limits.most, limits.day, limits.month):
        amount = amount if limit is None else min(amount, limit)
    if amount >= limits.least:
        return amount, Hindrance.NONE
    is_day = limits.day is not None and limits.day < limits.least
    return 0, Hindrance.DAILY_CAP if is_day else Hindrance.MONTHLY_CAP
