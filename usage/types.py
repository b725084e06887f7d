"""Frozen values that cross the border of this part: what pages, the API and commands get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True)
class UsageLine:
    """What one component of a contract came to in a billing period.

    Attributes:
        code: the component.
        label: what people read.
        unit: what one unit is called; empty on fees.
        quantity: how much was used; None on fees.
        included: units that cost nothing; None when there are none, or the price changed within the period.
        amount_minor: exact minor units, not rounded.
    """

    code: str
    label: str
    unit: str
    quantity: Decimal | None
    included: Decimal | None
    amount_minor: Decimal


@dataclass(frozen=True, slots=True)
class UsagePeriod:
    """A billing period of one wallet with its lines.

    Attributes:
        exact_minor: the sum of the lines, exact minor units.
        due: that sum rounded once.
        posted: what is charged of it.
        is_charged: posted hour by hour; False for postpaid and trial periods.
    """

    period_id: int
    wallet_id: int
    currency: str
    starts: datetime
    ends: datetime
    state: str
    is_charged: bool
    lines: tuple[UsageLine, ...]
    exact_minor: Decimal
    due: Money
    posted: Money


@dataclass(frozen=True, slots=True)
class PeriodBalance:
    """A wallet and what is due in one of its periods, for the command `balances`.

    Attributes:
        period_due_exact: major units in plain notation, as exact as the prices are.
    """

    tenant: str
    name: str
    currency: str
    wallet_minor: int
    period_due_exact: str
    period_posted_minor: int
    status: str
