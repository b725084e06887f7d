"""Frozen values of auto-recharge that cross the border of payments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RechargeTerms:
    """When a wallet is topped up by itself, and by how much; minor units of its currency.

    Attributes:
        threshold_minor: above 0; topped up when less is available.
        mode: of RechargeMode.
        amount_minor: what is added, or what shall be available afterwards.
        daily_cap_minor, monthly_cap_minor: at most so much is charged, None for no cap.
    """

    currency: str
    threshold_minor: int
    mode: str
    amount_minor: int
    daily_cap_minor: int | None = None
    monthly_cap_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkTerms:
    """A recharge that a customer pays by hand.

    Attributes:
        recharge: its public id.
        return_url: an address of ours; the payment's public id is put for `{payment}`.
        opened_by: number of the user, None for whoever has the signed link.
    """

    recharge: str
    return_url: str
    opened_by: int | None
