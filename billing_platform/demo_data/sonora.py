"""Sonora Voice: telephony in euros, and its clients. Plain values; all names are invented."""

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

# Looks after the bills of two customers.
_ACCOUNTANT: Final = Person(email="vera@books.example", name="Vera Voss", role="admin")
_CLIENTS: Final = (
    DemoTenant(
        external_id="K-1001",
        name="Tonwerk Studio GmbH",
        story=gettext_noop(
            "Prepaid, with months that begin on the 15th; calls all day, in both directions."
        ),
        credit=Decimal("300.00"),
        anchor_day=15,
        people=(
            Person(email="tina@tonwerk.example", name="Tina Tonne", role="admin"),
            _ACCOUNTANT,
        ),
    ),
    DemoTenant(
        external_id="K-1002",
        name="Hotel Adler",
        story=gettext_noop(
            "Postpaid: its usage is owed at the month's end, and an invoice for a service is overdue."
        ),
        billing_plan="POSTPAID",
        pace=140,
        owed=Owed(name="Installation of 3 telephones", amount=Decimal("64.00"), due_days=2),
        people=(Person(email="hans@adler.example", name="Hans Holm", role="admin"), _ACCOUNTANT),
    ),
    DemoTenant(
        external_id="K-1003",
        name="Kantine Süd",
        story=gettext_noop(
            "Stopped paying, ran out of credit, and cannot call until somebody adds some."
        ),
        credit=Decimal("18.00"),
        pace=70,
        stops_paying_days=5,
        people=(Person(email="kira@kantine.example", name="Kira Kern", role="admin"),),
    ),
    DemoTenant(
        external_id="K-1004",
        name="Jonas Weber",
        story=gettext_noop(
            "On trial for four more days: his calls are rated and nothing is charged."
        ),
        category="individual",
        trial_days=4,
    ),
    DemoTenant(
        external_id="K-1005",
        name="Blumen Becker",
        story=gettext_noop("Pays in small amounts, so its balance is always low and it is warned."),
        credit=Decimal("4.00"),
        low_at=Decimal("3.00"),
        pace=10,
    ),
    DemoTenant(
        external_id="K-1006",
        name="Agentur Nordlicht",
        story=gettext_noop(
            "Has credit left, but was suspended by hand after unusual calls at night."
        ),
        credit=Decimal("90.00"),
        pace=40,
        suspended_days=1,
    ),
    DemoTenant(
        external_id="K-1007",
        name="Spielwerk Leipzig",
        story=gettext_noop(
            "On the flexible plan: it falls below zero, pays later, and is never suspended."
        ),
        billing_plan="FLEXIBLE",
        credit=Decimal("20.00"),
        low_at=Decimal("-60.00"),
        pace=50,
    ),
    DemoTenant(
        external_id="K-1008",
        name="Kanzlei Rabe",
        story=gettext_noop("A fixed contract: one flat fee a month that includes its calls."),
        contract_type="FIXED",
        plan="voice-flat",
        credit=Decimal("120.00"),
        low_at=Decimal("80.00"),
        pace=30,
    ),
    DemoTenant(
        external_id="K-1009",
        name="Autohaus Falke",
        story=gettext_noop(
            "Agreed on its own price for messages: less than the plan's, from an hour on."
        ),
        credit=Decimal("80.00"),
        pace=70,
        own_price=OwnPrice(code="messages", figures={"unit": "0.045"}, since_days=3),
    ),
    DemoTenant(
        external_id="K-1010",
        name="Praxis Dr. Linde",
        story=gettext_noop(
            "A call of an hour charged long ago arrived yesterday and corrected that charge."
        ),
        credit=Decimal("60.00"),
        pace=30,
        forgotten_days=27,
    ),
    DemoTenant(
        external_id="K-1011",
        name="Buchhandlung Eule",
        story=gettext_noop(
            "Uses up a promotional credit that ends in a week, before its own money."
        ),
        credit=Decimal("50.00"),
        pace=25,
        promotions=(
            Promotion(amount=Decimal("60.00"), given_days=30, lasts_days=7),
            Promotion(amount=Decimal("15.00"), given_days=1, lasts_days=8),
        ),
    ),
    DemoTenant(
        external_id="K-1012",
        name="Tischlerei Ahorn",
        story=gettext_noop("Came today with a first credit; its first call is still to come."),
        credit=Decimal("50.00"),
        pace=12,
        joined_hours=3,
    ),
    DemoTenant(
        external_id="K-1013",
        name="Lieferdienst Flink",
        story=gettext_noop("Grows fast: today it calls many times as much as when it began."),
        credit=Decimal("100.00"),
        pace=110,
        began_percent=5,
    ),
    DemoTenant(
        external_id="K-1014",
        name="Bergbahn Sonnstein",
        story=gettext_noop("Seasonal: calls on Saturdays and Sundays, hardly any in between."),
        credit=Decimal("60.00"),
        pace=25,
        weekend_percent=400,
    ),
    DemoTenant(
        external_id="K-1015",
        name="Baustoffe Kiesel",
        story=gettext_noop(
            "Below zero and still active: its credit limit reaches 200 euros further."
        ),
        credit=Decimal("15.00"),
        low_at=Decimal("-120.00"),
        credit_limit=Decimal("200.00"),
        pace=50,
    ),
    DemoTenant(
        external_id="K-1016",
        name="Casa Azul",
        story=gettext_noop(
            "Its months begin at midnight on the Canary Islands, an hour after the provider's."
        ),
        credit=Decimal("60.00"),
        pace=30,
        time_zone="Atlantic/Canary",
    ),
    DemoTenant(
        external_id="K-1017",
        name="Optik Klarblick",
        story=gettext_noop(
            "Left yesterday; its ledger stays, and what still arrives for it is set aside."
        ),
        credit=Decimal("40.00"),
        pace=20,
        closed_days=1,
    ),
)
SONORA: Final = DemoProvider(
    slug="sonora",
    name="Sonora Voice",
    # The account is the example of the IBAN's own registry: its digits are right, and nobody owns it.
    seller=LegalIdentity(
        name="Sonora Voice GmbH",
        address="Torstraße 12",
        postcode="10119",
        city="Berlin",
        country="DE",
        tax_id="DE136695976",
        registration_no="HRB 104327 B, Amtsgericht Charlottenburg",
        bank_holder="Sonora Voice GmbH",
        bank_iban="DE89370400440532013000",
        bank_bic="COBADEFFXXX",
        payment_terms="Zahlbar ohne Abzug.",
        legal_text="Sonora Voice GmbH · Sitz: Berlin · Geschäftsführung: Olga Ott",
    ),
    currency="EUR",
    time_zone="Europe/Berlin",
    color="#ffcc00",
    support_url="https://sonora.example/hilfe",
    imprint_url="https://sonora.example/impressum",
    terms_url="https://sonora.example/agb",
    privacy_url="https://sonora.example/datenschutz",
    catalogue="voice",
    people=(Person(email="olga@sonora.example", name="Olga Ott", role="owner"),),
    tenants=_CLIENTS,
)
