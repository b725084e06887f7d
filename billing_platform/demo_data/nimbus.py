"""Nimbus Cloud: servers by the hour in dollars, and its clients. Plain values; all names are invented."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billing_platform.demo_data.roles import (
    DemoProvider,
    DemoTenant,
    Owed,
    OwnPrice,
    Person,
    Promotion,
)
from billing_platform.demo_data.words import gettext_noop
from tenants.types import LegalIdentity

_STAFF: Final = (
    Person(email="paula@nimbus.example", name="Paula Park", role="owner"),
    Person(email="bill@nimbus.example", name="Bill Baker", role="billing"),
    Person(email="sam@nimbus.example", name="Sam Stone", role="support"),
    Person(email="rita@nimbus.example", name="Rita Reed", role="read_only"),
)
_CLIENTS: Final = (
    DemoTenant(
        external_id="acme",
        name="Acme Robotics",
        story=gettext_noop("Prepaid, and tops up whenever a quarter of a payment is left."),
        credit=Decimal("400.00"),
        people=(
            Person(email="alice@acme.example", name="Alice Archer", role="admin"),
            Person(email="bob@acme.example", name="Bob Brown", role="user"),
        ),
    ),
    DemoTenant(
        external_id="globex",
        name="Globex Logistics",
        story=gettext_noop(
            "Uses up a promotional credit that ends in a week, before its own money."
        ),
        credit=Decimal("125.00"),
        pace=60,
        promotions=(
            Promotion(amount=Decimal("200.00"), given_days=30, lasts_days=7),
            Promotion(amount=Decimal("25.00"), given_days=1, lasts_days=8),
        ),
        people=(Person(email="charlie@globex.example", name="Charlie Chen", role="admin"),),
    ),
    DemoTenant(
        external_id="blue-harbor",
        name="Blue Harbor Shipping",
        story=gettext_noop(
            "Stopped paying, ran out of credit, and is suspended until somebody adds some."
        ),
        credit=Decimal("40.00"),
        pace=90,
        stops_paying_days=5,
        people=(Person(email="dana@blueharbor.example", name="Dana Dale", role="admin"),),
    ),
    DemoTenant(
        external_id="cedar",
        name="Cedar Clinics",
        story=gettext_noop(
            "On trial for nine more days: its usage is rated and nothing is charged."
        ),
        trial_days=9,
        pace=30,
    ),
    DemoTenant(
        external_id="everline",
        name="Everline Media",
        story=gettext_noop(
            "Postpaid: its usage is owed at the month's end, and an invoice for a service is overdue."
        ),
        billing_plan="POSTPAID",
        pace=150,
        owed=Owed(name="Migration of 4 servers", amount=Decimal("120.00"), due_days=3),
        people=(Person(email="erin@everline.example", name="Erin Evans", role="admin"),),
    ),
    DemoTenant(
        external_id="fjord",
        name="Freja Lund",
        story=gettext_noop(
            "A person of her own; her months begin at midnight in Auckland, half a day ahead."
        ),
        category="individual",
        credit=Decimal("60.00"),
        pace=8,
        time_zone="Pacific/Auckland",
    ),
    DemoTenant(
        external_id="granite",
        name="Granite Legal",
        story=gettext_noop(
            "Left yesterday; its ledger stays, and what still arrives for it is set aside."
        ),
        credit=Decimal("80.00"),
        pace=10,
        closed_days=1,
    ),
    DemoTenant(
        external_id="harvest",
        name="Harvest Bakery",
        story=gettext_noop("Pays in small amounts, so its balance is always low and it is warned."),
        credit=Decimal("4.00"),
        low_at=Decimal("3.00"),
        pace=6,
    ),
    DemoTenant(
        external_id="iris",
        name="Iris Analytics",
        story=gettext_noop("Has credit left, but was suspended by hand after unusual traffic."),
        credit=Decimal("150.00"),
        pace=20,
        suspended_days=1,
    ),
    DemoTenant(
        external_id="juniper",
        name="Juniper Games",
        story=gettext_noop(
            "On the flexible plan: it falls below zero, pays later, and is never suspended."
        ),
        billing_plan="FLEXIBLE",
        credit=Decimal("30.00"),
        low_at=Decimal("-110.00"),
        pace=20,
        weekend_percent=180,
    ),
    DemoTenant(
        external_id="kestrel",
        name="Kestrel Insurance",
        story=gettext_noop("A fixed contract: one flat fee a month that includes its traffic."),
        contract_type="FIXED",
        plan="cloud-flat",
        credit=Decimal("200.00"),
        low_at=Decimal("160.00"),
        pace=15,
    ),
    DemoTenant(
        external_id="lumen",
        name="Lumen Lighting",
        story=gettext_noop(
            "Agreed on its own price for traffic: less than the plan's, from an hour on."
        ),
        credit=Decimal("100.00"),
        pace=25,
        own_price=OwnPrice(code="egress", figures={"unit": "0.06"}, since_days=3),
    ),
    DemoTenant(
        external_id="meridian",
        name="Meridian Maps",
        story=gettext_noop(
            "Traffic of an hour charged long ago arrived yesterday and corrected that charge."
        ),
        credit=Decimal("120.00"),
        pace=15,
        forgotten_days=27,
    ),
    DemoTenant(
        external_id="orchard",
        name="Orchard Schools",
        story=gettext_noop("Came today with a first credit; its first usage is still to come."),
        credit=Decimal("50.00"),
        pace=12,
        joined_hours=3,
    ),
    DemoTenant(
        external_id="pinnacle",
        name="Pinnacle Streaming",
        story=gettext_noop("Grows fast: today it uses many times what it used when it began."),
        credit=Decimal("250.00"),
        pace=80,
        began_percent=5,
    ),
    DemoTenant(
        external_id="quarry",
        name="Quarry Ski Lifts",
        story=gettext_noop("Seasonal: busy on Saturdays and Sundays, quiet in between."),
        credit=Decimal("90.00"),
        pace=15,
        weekend_percent=400,
    ),
    DemoTenant(
        external_id="ridge",
        name="Ridge Construction",
        story=gettext_noop(
            "Below zero and still active: its credit limit reaches 600 dollars further."
        ),
        credit=Decimal("25.00"),
        low_at=Decimal("-350.00"),
        credit_limit=Decimal("600.00"),
        pace=25,
    ),
)
NIMBUS: Final = DemoProvider(
    slug="nimbus",
    name="Nimbus Cloud",
    # The account has right check digits and a bank that nobody has; a BIC with a nought in eighth place is for tests.
    seller=LegalIdentity(
        name="Nimbus Cloud Inc.",
        address="600 Lavaca St",
        postcode="78701",
        city="Austin",
        region="TX",
        country="US",
        tax_id="32012345678",
        bank_holder="Nimbus Cloud Inc.",
        bank_iban="GB13NIMB00000012345678",
        bank_bic="NIMBGB20XXX",
        payment_terms="Payable without deduction.",
    ),
    currency="USD",
    time_zone="UTC",
    color="#1f5eff",
    support_url="https://nimbus.example/support",
    terms_url="https://nimbus.example/terms",
    privacy_url="https://nimbus.example/privacy",
    catalogue="cloud",
    people=_STAFF,
    tenants=_CLIENTS,
)
