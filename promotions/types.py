"""Frozen values that cross the border of promotions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a code gives with one top-up.

    Attributes:
        code: as its campaign writes it.
        campaign: its public id.
        name: the campaign's, as customers read it.
        discount: less to pay; what is left to pay is above 0.
        bonus: credit beside what was bought.
        bonus_expires_at: when the bonus would be gone if it were granted now; None for never, or without a bonus.
    """

    code: str
    campaign: str
    name: str
    discount: Money
    bonus: Money
    bonus_expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsInCurrency:
    """What a campaign gives in one currency; amounts in its minor units.

    Attributes:
        minimum_minor: the smallest top-up, at least 1.
        fixed_minor: of a fixed benefit, else None.
        percent: of a benefit in percent, else None.
        cap_minor: the most that a benefit in percent comes to; None for no cap.
    """

    currency: str
    minimum_minor: int
    fixed_minor: int | None = None
    percent: Decimal | None = None
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignTerms:
    """All that makes a campaign.

    Attributes:
        benefit: of Benefit.
        currencies: at least one; one per currency.
        starts_at, ends_at: half-open; `ends_at` None for no end.
        categories: of TenantCategory; empty for all.
        first_only: just for who has not topped up before.
        total_limit, tenant_limit: how many uses in all, and by one client; None for any number.
        grant_days: how long a bonus lasts from when it is granted; None for ever.
    """

    name: str
    benefit: str
    currencies: Sequence[TermsInCurrency]
    starts_at: datetime
    ends_at: datetime | None = None
    categories: Sequence[str] = ()
    first_only: bool = False
    total_limit: int | None = None
    tenant_limit: int | None = 1
    grant_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """A campaign as pages show it.

    Attributes:
        uses: living uses of its codes.
        is_used: a code of it was used once, so its terms stand.
    """

    id: int
    public_id: str
    terms: CampaignTerms
    uses: int
    created_at: datetime
    ended_at: datetime | None
    state: str
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """A code as pages show it.

    Attributes:
        uses_limit: 1 for one that was made for one use, None for as many as its campaign allows.
    """

    id: int
    shown: str
    uses: int
    uses_limit: int | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseView:
    """A use of a code as pages show it.

    Attributes:
        source: the top-up's public id.
        at: when it was confirmed, else when it was reserved.
    """

    id: int
    tenant_id: int
    code: str
    source: str
    amount: Money
    discount: Money
    bonus: Money
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a campaign brought in one currency, by the ledger.

    Attributes:
        uses: confirmed ones.
        topped_up: the credit that was bought with them.
        given: discount and bonus.
        taken_back: of it, by refunds and disputes.
        left: of it, still unused.
    """

    uses: int
    topped_up: Money
    given: Money
    taken_back: Money
    left: Money

    @property
    def spent(self) -> Money:
        """Return what was used of it, or has expired."""
        return self.given - self.taken_back - self.left
