"""Providers, customers and rates for the worked examples."""

from __future__ import annotations

from decimal import Decimal

from tax.rules.book import RateBook, RateRow
from tax.rules.cases import Case, Customer, Exemption, Number, Registered

GERMAN = Registered("vat", "DE", number="DE136695976", is_home=True)
OSS = Registered("oss", "DE", number="DE136695976")
BRITISH = Registered("uk", "GB", number="980780684", is_home=True)
KARNATAKA = Registered("gst", "IN", "29", "29AAGCB1286Q1Z0", is_home=True)
CALIFORNIA = Registered("sales", "US", "CA", "SR-1", is_home=True)


def rate(
    country: str,
    percent: str,
    *,
    region: str = "",
    prefix: str = "",
    category: str = "standard",
    name: str = "VAT",
) -> RateRow:
    return RateRow(country, region, prefix, category, Decimal(percent), name)


# Standard rates of 2026. Source: European Commission, Taxes in Europe Database; GOV.UK "VAT rates"; CGST rate schedule
# of services (9 % + 9 %); California Department of Tax and Fee Administration (7.25 %).
BOOK = RateBook(
    [
        rate("DE", "19"),
        rate("DE", "7", category="books"),
        rate("FR", "20"),
        rate("HU", "27"),
        rate("LU", "17"),
        rate("GB", "20"),
        rate("IN", "18", name="GST"),
        rate("US", "7.25", region="CA", name="California sales tax"),
        rate("US", "2.25", region="CA", prefix="900", name="Los Angeles district tax"),
        rate("CH", "8.1"),
    ]
)


def case(
    customer: Customer | str,
    *registrations: Registered,
    below_threshold: bool = True,
    category: str = "standard",
    is_exempt: bool = False,
    book: RateBook = BOOK,
) -> Case:
    """Return a case of a provider in Germany, unless registrations say otherwise."""
    who = Customer(country=customer) if isinstance(customer, str) else customer
    held = registrations or (GERMAN,)
    return Case(held, who, book, below_threshold, category, is_exempt)


def business(country: str, number: str, standing: str = "valid", region: str = "") -> Customer:
    """Return a business with a number of its country."""
    return Customer(country=country, region=region, numbers=[Number(country, number, standing)])


def exempt(country: str, region: str = "", *, of: str = "") -> Customer:
    """Return a customer with an accepted exemption of a country or state."""
    return Customer(
        country=country, region=region, exemptions=[Exemption(of or country, region, "C-1")]
    )
