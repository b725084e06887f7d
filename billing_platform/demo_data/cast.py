"""Who lives in the demo: two providers, their clients in different states, and the people who log in. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

PASSWORD: Final = "demo-demo-demo"  # noqa: S105 (printed beside every login of the demo)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who logs in; `role` is the one in the provider or the tenant that names this person."""

    email: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class DemoTenant:
    """A client.

    Attributes:
        credit: prepaid credit in major units, given before the first usage.
        pace: how much it uses, in percent of the usual.
        trial_days: days of trial left; 0 for none.
        stops_paying_days: so many days ago it stopped topping up when its credit ran low; 0 pays on.
    """

    external_id: str
    name: str
    credit: Decimal = Decimal(0)
    pace: int = 100
    category: str = "organisation"
    billing_plan: str = "PREPAID"
    trial_days: int = 0
    anchor_day: int = 1
    stops_paying_days: int = 0
    is_closed: bool = False
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoProvider:
    """A provider with its look, its catalogue's name and its clients."""

    slug: str
    name: str
    legal_name: str
    currency: str
    time_zone: str
    color: str
    support_url: str
    catalogue: str
    people: tuple[Person, ...]
    tenants: tuple[DemoTenant, ...] = field(repr=False)

    @property
    def host(self) -> str:
        """Return the host name that shows its brand."""
        return f"{self.slug}.localhost"


NIMBUS: Final = DemoProvider(
    slug="nimbus",
    name="Nimbus Cloud",
    legal_name="Nimbus Cloud Inc.",
    currency="USD",
    time_zone="UTC",
    color="#1f5eff",
    support_url="https://nimbus.example/support",
    catalogue="cloud",
    people=(
        Person(email="paula@nimbus.example", name="Paula Park", role="owner"),
        Person(email="bill@nimbus.example", name="Bill Baker", role="billing"),
        Person(email="sam@nimbus.example", name="Sam Stone", role="support"),
        Person(email="rita@nimbus.example", name="Rita Reed", role="read_only"),
    ),
    tenants=(
        DemoTenant(
            external_id="acme",
            name="Acme Robotics",
            credit=Decimal("400.00"),
            people=(
                Person(email="alice@acme.example", name="Alice Archer", role="admin"),
                Person(email="bob@acme.example", name="Bob Brown", role="user"),
            ),
        ),
        DemoTenant(
            external_id="globex",
            name="Globex Logistics",
            credit=Decimal("125.00"),
            pace=60,
            people=(Person(email="charlie@globex.example", name="Charlie Chen", role="admin"),),
        ),
        DemoTenant(
            external_id="blue-harbor",
            name="Blue Harbor Shipping",
            credit=Decimal("40.00"),
            pace=90,
            stops_paying_days=5,
            people=(Person(email="dana@blueharbor.example", name="Dana Dale", role="admin"),),
        ),
        DemoTenant(external_id="cedar", name="Cedar Clinics", trial_days=9, pace=30),
        DemoTenant(
            external_id="everline", name="Everline Media", billing_plan="POSTPAID", pace=150
        ),
        DemoTenant(
            external_id="fjord",
            name="Freja Lund",
            category="individual",
            credit=Decimal("60.00"),
            pace=8,
        ),
        DemoTenant(external_id="granite", name="Granite Legal", is_closed=True),
    ),
)

# Looks after the bills of two customers.
ACCOUNTANT: Final = Person(email="vera@books.example", name="Vera Voss", role="admin")

SONORA: Final = DemoProvider(
    slug="sonora",
    name="Sonora Voice",
    legal_name="Sonora Voice GmbH",
    currency="EUR",
    time_zone="Europe/Berlin",
    color="#ffcc00",
    support_url="https://sonora.example/hilfe",
    catalogue="voice",
    people=(Person(email="olga@sonora.example", name="Olga Ott", role="owner"),),
    tenants=(
        DemoTenant(
            external_id="K-1001",
            name="Tonwerk Studio GmbH",
            credit=Decimal("300.00"),
            anchor_day=15,
            people=(
                Person(email="tina@tonwerk.example", name="Tina Tonne", role="admin"),
                ACCOUNTANT,
            ),
        ),
        DemoTenant(
            external_id="K-1002",
            name="Hotel Adler",
            billing_plan="POSTPAID",
            pace=140,
            people=(Person(email="hans@adler.example", name="Hans Holm", role="admin"), ACCOUNTANT),
        ),
        DemoTenant(
            external_id="K-1003",
            name="Kantine Süd",
            credit=Decimal("18.00"),
            pace=70,
            stops_paying_days=5,
            people=(Person(email="kira@kantine.example", name="Kira Kern", role="admin"),),
        ),
        DemoTenant(external_id="K-1004", name="Jonas Weber", category="individual", trial_days=4),
    ),
)

PROVIDERS: Final = (NIMBUS, SONORA)
