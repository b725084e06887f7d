"""The whole main job against a small reference: whatever happens in whatever order, balance and state are the same."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.services.audit import verify
from accounts.services.credits import add_credit
from accounts.services.grants import expire_grants, grant_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.database import undone
from tests.factories.usage import Shop
from tests.journeys.reference import (
    FAR,
    FEE,
    HOUR,
    INCLUDED,
    MODELS,
    OTHER_CALLS,
    OTHER_FEE,
    START,
    Fact,
    Point,
    Reference,
)
from tests.roles import set_role
from usage.intake.timestamps import TimeLimits
from usage.intake.verdicts import Verdict
from usage.pricing.exact import major
from usage.selectors.period_balances import period_balances
from usage.services.charging import charge_hours
from usage.services.ingestion import ingest_cloudevents
from usage.services.overrides import replace_override
from usage.services.prices import change_price
from usage.services.subscriptions import change_plan, end_subscription

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

pytestmark = pytest.mark.usefixtures("db")

EXAMPLES = int(os.environ.get("MODEL_EXAMPLES", "12"))
NAMES = ("one", "two")
MINUTE = HOUR / 60
QUANTITIES = st.decimals("0.001", 20, places=3)
WHO = st.integers(0, 1)
HOURS = st.integers(0, 120)
PRICES = st.integers(1, 90)
USES = st.tuples(
    st.just("use"), WHO, st.sampled_from(sorted(MODELS)), HOURS, st.integers(0, 59), QUANTITIES
)
TRIALS = st.one_of(st.none(), st.integers(1, 150))
STEPS = st.one_of(
    USES,
    USES,
    USES,
    st.tuples(st.just("charge"), st.integers(0, 40)),
    st.tuples(st.just("charge"), st.integers(1, 3)),
    st.tuples(st.just("price"), st.sampled_from(["calls", "data"]), st.integers(1, 60), PRICES),
    st.tuples(st.just("credit"), WHO, st.integers(1, 5000)),
    st.tuples(st.just("correct"), WHO, HOURS, QUANTITIES),
    st.tuples(st.just("own"), WHO, HOURS, PRICES),
    st.tuples(st.just("run"), WHO, HOURS, st.integers(0, 3599), st.integers(0, 3)),
    st.tuples(st.just("grant"), WHO, st.integers(1, 3000), st.integers(1, 48)),
    st.tuples(st.just("end"), WHO, HOURS, st.booleans()),
)


EXPIRED = """
SELECT a.tenant_id, -sum(e.amount_minor) FROM accounts_entry e
  JOIN accounts_posting p ON p.id = e.posting_id AND p.kind = 'grant_expiry'
  JOIN accounts_account a ON a.id = e.account_id AND a.kind = 'wallet' GROUP BY 1
"""
STATES = """
SELECT w.balance, t.status FROM accounts_wallet w JOIN tenants_tenant t ON t.id = w.tenant_id ORDER BY w.tenant_id
"""


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
    """The application and the reference side by side: one catalogue, two tenants, of which one may be in trial."""

    def __init__(self, trial: int | None) -> None:
        set_role("worker")
        self.shop = Shop.open(suspension=True)
        self.changes: dict[str, list[tuple[datetime, int]]] = {}
        self.hours = self.keys = 0
        with self.scope():
            self.sell(trial)
        self.references = [Reference(self.changes) for _ in self.tenants]
        if trial is not None:
            self.references[1].trial_ends = START + trial * HOUR

    def scope(self) -> AbstractContextManager[object]:
        return provider_scope(self.shop.provider_id)

    def sell(self, trial: int | None) -> None:
        shop = self.shop
        shop.meter("calls", allows_negative=True)
        for meter, aggregation in (("peak", "max"), ("level", "latest"), ("users", "unique")):
            shop.meter(meter, aggregation)
        models = {"data": "graduated", "users": "volume", "minutes": "package"}
        for number, meter in enumerate(sorted(MODELS), start=5):
            more = {"is_continuing": meter == "data", "is_allowance_prorated": meter == "minutes"}
            shop.price(meter, figures(meter, number), models.get(meter, "per_unit"), **more)
            self.changes[meter] = [(START, number)]
        shop.meter("machine", "duration")
        shop.price("machine", {"unit": str(Decimal(1) / 10000)})
        shop.fee("base", str(FEE // 100))
        version, self.prices = shop.version()
        shop.price("calls", {"unit": cents(OTHER_CALLS)})
        shop.fee("base", str(OTHER_FEE // 100))
        self.other, _ = shop.version("other")
        # A trial that ends within an hour lasts until the hour is full.
        ends = None if trial is None else START + trial * HOUR - 20 * MINUTE
        self.tenants = [shop.tenant("one"), shop.tenant("two", trial_ends_at=ends)]
        self.contracts = [shop.subscribe(tenant, version, START) for tenant in self.tenants]

    @property
    def now(self) -> datetime:
        return START + self.hours * HOUR

    def facts(self, who: int) -> dict[str, Any]:
        """Whose call it is, and when."""
        self.keys += 1
        tenant = {"provider_id": self.shop.provider_id, "tenant_id": self.tenants[who]}
        return {**tenant, "now": self.now}

    def use(self, who: int, meter: str, hour: int, minute: int, quantity: Decimal) -> None:
        at = START + (hour % (self.hours + 2)) * HOUR + minute * MINUTE
        identity = f"{int(quantity) % 5}" if meter == "users" else "line"
        self.tell(who, meter, at, identity, {"quantity": str(quantity)})
        self.references[who].facts.append(Fact(meter, at, quantity, identity))

    def tell(self, who: int, kind: str, at: datetime, subject: str, data: dict[str, str]) -> None:
        """Send an event, as late or as early as it may be."""
        self.keys += 1
        event = {"specversion": "1.0", "id": f"e-{self.keys}", "source": "switch", "type": kind}
        more = {"tenant": NAMES[who], "subject": subject, "time": at.isoformat(), "data": data}
        with self.scope():
            (result,) = ingest_cloudevents(
                provider_id=self.shop.provider_id,
                items=[event | more],
                now=self.now,
                limits=TimeLimits(late=None, future=3 * HOUR),
            )
        assert result.verdict == Verdict.ACCEPTED

    def correct(self, who: int, hour: int, quantity: Decimal) -> None:
        self.use(who, "calls", hour, 0, -quantity)

    def run(self, who: int, hour: int, second: int, size: int) -> None:
        """Let a machine run at a size from a moment on, or stop there."""
        at = START + (hour % (self.hours + 2)) * HOUR + second * HOUR / 3600
        data = {"action": "start", "quantity": str(size)} if size else {"action": "stop"}
        self.tell(who, "machine", at, "vm", data)
        self.references[who].machine.append(Point(at, size))

    def charge(self, hours: int) -> None:
        self.hours = min(self.hours + hours, 24 * 30)
        charge_hours(provider_id=self.shop.provider_id, until=self.now, now=self.now)
        for reference in self.references:
            reference.charge(self.now)
        self.check()
        with self.scope():
            while expire_grants(provider_id=self.shop.provider_id, now=self.now):
                pass
            expired = {tenant: int(cents) for tenant, cents in fetch_all(EXPIRED)}
        for tenant, reference in zip(self.tenants, self.references, strict=True):
            # What of a grant is used first is the ledger's to say; never is more taken than was given.
            assert reference.expired <= expired.get(tenant, 0) <= reference.granted
            reference.expire(expired.get(tenant, 0))
        self.check()

    def price(self, meter: str, hour: int, price: int) -> None:
        changes = self.changes[meter]
        at = max(START + hour * HOUR, changes[-1][0] + HOUR)
        with self.scope():
            self.prices[meter] = change_price(
                provider_id=self.shop.provider_id,
                price_id=self.prices[meter],
                figures=figures(meter, price),
                valid_from=at,
                now=self.now,
            )
        changes.append((at, price))

    def own(self, who: int, hour: int, price: int) -> None:
        """Agree a price of its own for calls, in place of what was agreed from that hour on."""
        at = START + hour * HOUR
        given: dict[str, Any] = {
            "price_id": self.prices["calls"],
            "figures": figures("calls", price),
        }
        with self.scope():
            replace_override(**self.facts(who), **given, valid_from=at)
        own = self.references[who].own
        own[:] = [(since, cents) for since, cents in own if since < at] + [(at, price)]

    def end(self, who: int, hour: int, is_replaced: bool) -> None:
        """Move to the other plan, or end the contract, at an hour that has passed; once."""
        reference, at = self.references[who], START + hour % (self.hours + 1) * HOUR
        if reference.ends != FAR:
            return
        given: dict[str, Any] = {"subscription_id": self.contracts[who], "at": at}
        with self.scope():
            if is_replaced:
                change_plan(**self.facts(who), **given, version_id=self.other)
            else:
                end_subscription(**self.facts(who), **given)
        reference.ends, reference.is_replaced = at, is_replaced

    def credit(self, who: int, amount: int) -> None:
        facts = self.facts(who)
        with self.scope():
            paid = Money(amount, "USD")
            add_credit(**facts, amount=paid, reason="credit", key=f"credit:{self.keys}")
        self.references[who].pay(amount)

    def grant(self, who: int, amount: int, hours: int) -> None:
        facts, given = self.facts(who), Money(amount, "USD")
        with self.scope():
            expires_at = self.now + hours * HOUR
            grant_credit(**facts, amount=given, key=f"grant:{self.keys}", expires_at=expires_at)
        self.references[who].granted += amount
        self.references[who].pay(amount)

    def check(self) -> None:
        with self.scope():
            rows = fetch_all(STATES)
        assert rows == [(reference.balance, reference.status) for reference in self.references]

    def finish(self) -> None:
        """Charge everything, then nothing more; the books are right and the exact dues are the reference's."""
        self.charge(2)
        again = charge_hours(provider_id=self.shop.provider_id, until=self.now, now=self.now)
        assert (again.tenants, again.posted_minor) == (0, {})
        with self.scope():
            assert verify(provider_id=self.shop.provider_id).findings == ()
            for row, reference in enumerate(self.references):
                for starts, ends in reference.periods:
                    if starts in reference.posted:
                        self.compare(row, starts, ends)

    def compare(self, who: int, starts: datetime, ends: datetime) -> None:
        reference = self.references[who]
        row = period_balances(self.shop.provider_id, at=max(starts, START))[who]
        due = reference.due(starts, ends)
        exact = Decimal(due.numerator) / Decimal(due.denominator)
        assert Decimal(row.period_due_exact) == Decimal(major(exact, 2))
        assert row.period_posted_minor == reference.posted[starts]


class TestMainJob:
    @pytest.mark.takes(seconds=25)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(trial=TRIALS, steps=st.lists(STEPS, min_size=4, max_size=25))
    def test_it_agrees_with_the_reference(
        self, trial: int | None, steps: list[tuple[Any, ...]]
    ) -> None:
        with undone():
            world = World(trial)
            for name, *arguments in steps:
                getattr(world, name)(*arguments)
            world.finish()
