"""A provider that is registered for tax, and customers of it, made through the services."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from tax.services.exchange_rates import add_exchange_rates
from tax.services.rates import set_rate
from tax.services.registrations import add_registration
from tax.types import TaxableLine
from tax.types_exchange import QuotedRate
from tests.cast import NOW

SINCE = date(2026, 1, 1)
TODAY = NOW.date()
GERMAN_VAT = "DE136695976"
FRENCH_VAT = "FR40303265045"


def register_in_germany(provider_id: int) -> None:
    """Establish a provider in Germany, with the rates of three countries; its scope is open."""
    add_registration(
        provider_id=provider_id,
        kind="vat",
        country="DE",
        number=GERMAN_VAT,
        begins=SINCE,
        is_home=True,
        now=NOW,
    )
    for country, percent in (("DE", "19"), ("FR", "20"), ("HU", "27")):
        set_rate(
            provider_id=provider_id,
            country=country,
            percent=Decimal(percent),
            name="VAT",
            begins=SINCE,
            now=NOW,
        )
    # Without a rate an invoice in dollars waits; some tests live in the present.
    publish_dollar(provider_id, *(moment.date() - timedelta(days=1) for moment in (NOW, now())))


def register_in_karnataka(provider_id: int) -> None:
    """Establish a provider in a state of India; its scope is open."""
    add_registration(
        provider_id=provider_id,
        kind="gst",
        country="IN",
        region="29",
        number="29AAGCB7383J1Z4",
        begins=SINCE,
        is_home=True,
        now=NOW,
    )
    set_rate(
        provider_id=provider_id,
        country="IN",
        percent=Decimal(18),
        name="GST",
        begins=SINCE,
        now=NOW,
    )


def publish_dollar(provider_id: int, *days: date) -> None:
    """Store what a euro was worth in dollars on some days, the same on each; the provider's scope is open."""
    rates = [
        QuotedRate(base="EUR", quote="USD", rate=Decimal("1.0857"), on=day, source="ECB")
        for day in days
    ]
    add_exchange_rates(provider_id=provider_id, rates=rates, today=max(days), user_id=None, now=NOW)


def register_for_oss(provider_id: int) -> None:
    """Register a provider for the One Stop Shop; its scope is open."""
    add_registration(
        provider_id=provider_id, kind="oss", country="DE", number=GERMAN_VAT, begins=SINCE, now=NOW
    )


def line(amount: int, key: str = "1", category: str = "standard") -> TaxableLine:
    """Return a line of US dollars."""
    return TaxableLine(key=key, amount=Money(amount, "USD"), category=category)
