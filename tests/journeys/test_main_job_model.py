"""The whole main job against a small reference: whatever happens in whatever order, balance and state are the same."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.services.audit import verify
from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.journeys.reference import FEE, HOUR, INCLUDED, MODELS, MONTHS, START, Fact, Reference
from tests.roles import set_role
from usage.pricing.exact import major
from usage.selectors.period_balances import period_balances
from usage.services.charging import charge_hours
from usage.services.prices import change_price

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]

QUANTITIES = st.decimals("0.001", 20, places=3)
USES = st.tuples(
    st.just("use"),
    st.sampled_from(sorted(MODELS)),
    st.integers(0, 120),
    st.integers(0, 59),
    QUANTITIES,
)
STEPS = st.one_of(
    USES,
    USES,
    USES,
    st.tuples(st.just("charge"), st.integers(0, 40)),
    st.tuples(st.just("charge"), st.integers(1, 3)),
    st.tuples(
        st.just("price"), st.sampled_from(["calls", "data"]), st.integers(1, 60), st.integers(1, 90)
    ),
    st.tuples(st.just("credit"), st.integers(1, 5000)),
    st.tuples(st.just("correct"), st.integers(0, 120), QUANTITIES),
)


def cents(price: int) -> str:
    return f"0.{price:02d}"


def figures(meter: str, price: int) -> dict[str, Any]:
    if meter == "data":
        half = str(Decimal(cents(price)) / 2)
        return {"tiers": [{"up_to": "10", "unit": cents(price)}, {"unit": half}]}
    if meter == "users":
        half = str(Decimal(cents(price)) / 2)
        return {"tiers": [{"up_to": "2", "unit": cents(price)}, {"unit": half}]}
    if meter == "minutes":
        return {"unit": cents(price), "package_size": "7", "included": str(INCLUDED)}
    return {"unit": cents(price)}


class World:
    """The application and the reference side by side, one tenant."""

    def __init__(self) -> None:
        set_role("worker")
        self.shop = Shop.open(suspension=True)
        self.reference = Reference()
        self.hours = 0
        with provider_scope(self.shop.provider_id):
            self.sell()

    def sell(self) -> None:
        shop = self.shop
        shop.meter("calls", allows_negative=True)
        for meter, aggregation in (("peak", "max"), ("level", "latest"), ("users", "unique")):
            shop.meter(meter, aggregation)
        models = {"data": "graduated", "users": "volume", "minutes": "package"}
        for number, meter in enumerate(sorted(MODELS), start=5):
            more = {"is_continuing": meter == "data", "is_allowance_prorated": meter == "minutes"}
            shop.price(meter, figures(meter, number), models.get(meter, "per_unit"), **more)
            self.reference.changes[meter] = [(START, number)]
        shop.fee("base", str(FEE // 100))
        version, self.prices = shop.version()
        self.tenant = shop.tenant()
        shop.subscribe(self.tenant, version, START)

    @property
    def now(self) -> datetime:
        return START + self.hours * HOUR

    def use(self, meter: str, hour: int, minute: int, quantity: Decimal) -> None:
        at = START + (hour % (self.hours + 2)) * HOUR + minute * HOUR / 60
        identity = f"{int(quantity) % 5:032x}" if meter == "users" else ""
        with provider_scope(self.shop.provider_id):
            self.shop.use(self.tenant, meter, str(quantity), at, identity=identity)
        self.reference.facts.append(Fact(meter, at, quantity, identity))

    def correct(self, hour: int, quantity: Decimal) -> None:
        self.use("calls", hour, 0, -quantity)

    def charge(self, hours: int) -> None:
        self.hours = min(self.hours + hours, 24 * 30)
        charge_hours(provider_id=self.shop.provider_id, until=self.now, now=self.now)
        self.reference.charge(self.now)
        self.check()

    def price(self, meter: str, hour: int, price: int) -> None:
        changes = self.reference.changes[meter]
        last = changes[-1][0]
        at = max(START + hour * HOUR, last + HOUR)
        with provider_scope(self.shop.provider_id):
            self.prices[meter] = change_price(
                provider_id=self.shop.provider_id,
                price_id=self.prices[meter],
                figures=figures(meter, price),
                valid_from=at,
                now=self.now,
            )
        changes.append((at, price))

    def credit(self, amount: int) -> None:
        with provider_scope(self.shop.provider_id):
            add_credit(
                provider_id=self.shop.provider_id,
                tenant_id=self.tenant,
                amount=Money(amount, "USD"),
                reason="credit",
                key=f"{self.hours}:{self.reference.credit}",
                now=self.now,
            )
        self.reference.pay(amount)

    def check(self) -> None:
        with provider_scope(self.shop.provider_id):
            rows = fetch_all(
                "SELECT w.balance, t.status FROM accounts_wallet w JOIN tenants_tenant t ON t.id = w.tenant_id"
            )
        expected = "suspended" if self.reference.is_suspended else "active"
        assert rows == [(self.reference.balance, expected)]

    def finish(self) -> None:
        """Charge everything, then nothing more; the books are right and the exact dues are the reference's."""
        self.charge(2)
        again = charge_hours(provider_id=self.shop.provider_id, until=self.now, now=self.now)
        assert (again.tenants, again.posted_minor) == (0, {})
        with provider_scope(self.shop.provider_id):
            assert verify(provider_id=self.shop.provider_id).findings == ()
            for starts, ends in MONTHS:
                if starts not in self.reference.posted:
                    continue
                (row,) = period_balances(self.shop.provider_id, at=max(starts, START))
                due = self.reference.due(starts, ends)
                exact = Decimal(due.numerator) / Decimal(due.denominator)
                assert Decimal(row.period_due_exact) == Decimal(major(exact, 2))
                assert row.period_posted_minor == self.reference.posted[starts]


class TestMainJob:
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(steps=st.lists(STEPS, min_size=4, max_size=25))
    def test_it_agrees_with_the_reference(self, steps: list[tuple[Any, ...]]) -> None:
        world = World()

        for name, *arguments in steps:
            getattr(world, name)(*arguments)

        world.finish()
