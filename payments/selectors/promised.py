"""What a promotion code gives on a top-up. While no promotions are installed, every code is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.errors_topups import CodeRefused

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Offer:
    """What a code gives on one top-up."""

    code: str
    campaign: str
    name: str
    discount: Money
    bonus: Money
    bonus_expires_at: datetime | None


def offer_for(
    *, provider_id: int, tenant_id: int, amount: Money, code: str, now: datetime
) -> Offer:
    """Return what a code gives.

    Raises:
        CodeRefused: always.
    """
    raise CodeRefused
