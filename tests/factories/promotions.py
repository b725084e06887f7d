"""Builders of promotions' tests: a campaign with its code, in as few words as its story needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from billing_platform.kernel.money import Money
from promotions.services.campaigns import create_campaign
from promotions.services.codes import add_code
from promotions.services.redeeming import confirm, reserve
from promotions.types import CampaignTerms, Offer, TermsInCurrency

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_KEYS = count()

TEN_PERCENT = TermsInCurrency(
    currency="USD", minimum_minor=1000, percent=Decimal(10), cap_minor=2000
)
TERMS = CampaignTerms(
    name="Autumn",
    benefit="bonus_percent",
    currencies=[TEN_PERCENT],
    starts_at=NOW - timedelta(days=1),
    tenant_limit=None,
)


def in_dollars(benefit: str, worth: int, *, minimum: int = 1000) -> CampaignTerms:
    """Return the terms of a campaign in dollars: `worth` percent, or minor units."""
    return _in("USD", benefit, worth, minimum)


def in_euros(benefit: str, worth: int, *, minimum: int = 1000) -> CampaignTerms:
    """Return the same in euros."""
    return _in("EUR", benefit, worth, minimum)


def _in(currency: str, benefit: str, worth: int, minimum: int) -> CampaignTerms:
    is_percent = benefit.endswith("percent")
    each = TermsInCurrency(
        currency=currency,
        minimum_minor=minimum,
        percent=Decimal(worth) if is_percent else None,
        fixed_minor=None if is_percent else worth,
    )
    return replace(TERMS, benefit=benefit, currencies=[each])


def campaign(
    provider_id: int, code: str = "AUTUMN", terms: CampaignTerms = TERMS, **changes: Any
) -> str:
    """Make a campaign with a code, and return its public id."""
    public_id = create_campaign(
        provider_id=provider_id,
        terms=replace(terms, **changes),
        request_key=f"test:{next(_KEYS)}",
        user_id=None,
        now=NOW,
    )
    add_code(
        provider_id=provider_id,
        campaign=public_id,
        text=code,
        request_key=f"test:{next(_KEYS)}",
        now=NOW,
    )
    return public_id


def use(
    provider_id: int, tenant_id: int, source: str, *, code: str = "AUTUMN", amount: int = 10_000
) -> Offer | None:
    """Reserve and confirm a use."""
    whose: dict[str, Any] = {
        "provider_id": provider_id,
        "tenant_id": tenant_id,
        "source": source,
        "now": NOW,
    }
    reserve(**whose, amount=Money(amount, "USD"), code=code)
    return confirm(**whose)
