"""The demo's campaigns: what clients may type at a top-up, named on the page that says what to look at."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from promotions.services.campaigns import create_campaign
from promotions.services.codes import add_code, generate_codes
from promotions.types import CampaignTerms, TermsInCurrency

if TYPE_CHECKING:
    from datetime import datetime

NIMBUS_CODE: Final = "AUTUMN-20"
SONORA_CODE: Final = "HERBST-10"
_FAIR_CODES: Final = 25


def promote(*, provider_id: int, slug: str, now: datetime) -> None:
    """Make a provider's campaigns, once.

    Args:
        provider_id: whose; its scope is open.
        slug: of the provider.
        now: the moment from which they hold.
    """
    key = f"demo:{slug}"
    if slug == "nimbus":
        bonus = _terms("Autumn bonus", now, "USD", 20, cap_minor=5000, grant_days=90)
        _campaign(provider_id, bonus, f"{key}:autumn", NIMBUS_CODE, now)
        fair = _terms("Trade fair", now, "USD", 10, benefit="discount_percent", first_only=True)
        made = _campaign(provider_id, fair, f"{key}:fair", "", now)
        generate_codes(
            provider_id=provider_id,
            campaign=made,
            count=_FAIR_CODES,
            prefix=slug,
            request_key=f"{key}:fair",
            now=now,
        )
        return
    discount = _terms("Herbstrabatt", now, "EUR", 10, benefit="discount_percent")
    _campaign(provider_id, discount, f"{key}:autumn", SONORA_CODE, now)


def _terms(
    name: str,
    now: datetime,
    currency: str,
    percent: int,
    *,
    benefit: str = "bonus_percent",
    cap_minor: int | None = None,
    grant_days: int | None = None,
    first_only: bool = False,
) -> CampaignTerms:
    each = TermsInCurrency(
        currency=currency, minimum_minor=1000, percent=Decimal(percent), cap_minor=cap_minor
    )
    return CampaignTerms(
        name=name,
        benefit=benefit,
        currencies=[each],
        starts_at=now,
        ends_at=now + timedelta(days=730),
        first_only=first_only,
        tenant_limit=1 if first_only else 5,
        grant_days=grant_days,
    )


def _campaign(provider_id: int, terms: CampaignTerms, key: str, code: str, now: datetime) -> str:
    made = create_campaign(
        provider_id=provider_id, terms=terms, request_key=key, user_id=None, now=now
    )
    if code:
        add_code(provider_id=provider_id, campaign=made, text=code, request_key=key, now=now)
    return made
