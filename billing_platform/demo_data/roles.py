"""What a cast is made of: providers, their clients, what becomes of them, and people. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenants.types import LegalIdentity


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who logs in; `role` is the one in the provider or the tenant that names this person."""

    email: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """Promotional credit: how much in major units, given so many days ago, gone so many days later."""

    amount: Decimal
    given_days: int
    lasts_days: int


@dataclass(frozen=True, kw_only=True)
class OwnPrice:
    """A price agreed with one client: of which component, its figures, and since how many days."""

    code: str
    figures: Mapping[str, str] = field(hash=False)
    since_days: int


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A service that was invoiced and not paid: its name, net in major units, and due since how many days."""

    name: str
    amount: Decimal
    due_days: int


@dataclass(frozen=True, kw_only=True)
class DemoTenant:
    """A client.

    Attributes:
        story: what there is to see, in a sentence.
        credit: prepaid credit in major units, given before the first usage and with each top-up.
        low_at: it tops up when less than this is left, major units; a quarter of its credit when None.
        pace: how much it uses, in percent of the usual.
        began_percent: how much of its pace it had reached when the history began.
        weekend_percent: what it uses on Saturdays and Sundays, in percent of a weekday.
        plan: the plan's code; the first of the catalogue without one.
        time_zone: the provider's without one.
        credit_limit: how far below 0 it may fall, major units.
        trial_days: days of trial left; 0 for none.
        stops_paying_days: so many days ago it stopped topping up when its credit ran low; 0 pays on.
        joined_hours: so many hours ago it came and has used nothing since; 0 was there from the beginning.
        suspended_days: so many days ago a person suspended it; 0 for never.
        closed_days: so many days ago it left; 0 for never.
        forgotten_days: yesterday usage arrived that was so many days old; 0 for none.
    """

    external_id: str
    name: str
    story: str
    credit: Decimal = Decimal(0)
    low_at: Decimal | None = None
    pace: int = 100
    began_percent: int = 55
    weekend_percent: int = 40
    category: str = "organisation"
    billing_plan: str = "PREPAID"
    contract_type: str = "PAYG"
    plan: str = ""
    time_zone: str | None = None
    credit_limit: Decimal = Decimal(0)
    trial_days: int = 0
    anchor_day: int = 1
    stops_paying_days: int = 0
    joined_hours: int = 0
    suspended_days: int = 0
    closed_days: int = 0
    forgotten_days: int = 0
    own_price: OwnPrice | None = None
    owed: Owed | None = None
    promotions: tuple[Promotion, ...] = ()
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoProvider:
    """A provider with its look, its catalogue's name and its clients."""

    slug: str
    name: str
    seller: LegalIdentity
    currency: str
    time_zone: str
    color: str
    support_url: str
    imprint_url: str = ""
    terms_url: str
    privacy_url: str
    catalogue: str
    people: tuple[Person, ...]
    tenants: tuple[DemoTenant, ...] = field(repr=False)

    @property
    def host(self) -> str:
        """Return the host name that shows its brand."""
        return f"{self.slug}.localhost"
