"""A thousand operations on the same wallets from several sessions, in an order nobody chose: the books are right."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import pytest

from accounts.errors import AlreadyReversed
from accounts.services.audit import verify
from accounts.services.credits import add_credit
from accounts.services.posting import reverse
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.kernel.races import in_threads
from tests.roles import set_role
from usage.errors import SubscriptionConflictError
from usage.services.charging import charge_hours
from usage.services.subscriptions import change_plan

pytestmark = pytest.mark.processes
# The seed of a run that failed makes the same operations again, in the same hands.
SEED: Final = int(os.environ.get("INTERLEAVINGS_SEED", "0")) or random.SystemRandom().getrandbits(
    32
)
SESSIONS: Final = 4
OPERATIONS: Final = {"use": 420, "top_up": 280, "refund": 150, "change": 110, "charge": 40}
HOURS: Final = 10
NOW: Final = START + HOURS * HOUR
_STATES: Final = """
SELECT w.tenant_id, w.balance, t.status = 'suspended', w.suspended_at IS NOT NULL
  FROM accounts_wallet w JOIN tenants_tenant t ON t.id = w.tenant_id
"""


@dataclass
class Bench:
    """Two clients whose plan has a version per hour: the one that is agreed from hour n on costs n + 1 cents a unit.

    Each operation notes what it did, so that what all of them come to is known whatever their order was.
    """

    shop: Shop
    versions: list[int]
    contracts: dict[int, int]
    used: list[tuple[int, int, int]] = field(default_factory=list)
    changes: list[tuple[int, int]] = field(default_factory=list)
    credited: list[tuple[int, int, int]] = field(default_factory=list)
    refunded: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def open(cls) -> Bench:
        set_role("worker")
        shop = Shop.open(suspension=True)
        with provider_scope(shop.provider_id):
            versions = []
            for hour in range(HOURS):
                shop.price("calls", {"unit": f"0.{hour + 1:02d}"})
                versions.append(shop.version(f"plan-{hour}")[0])
            tenants = [shop.tenant(), shop.tenant()]
            contracts = {tenant: shop.subscribe(tenant, versions[0]) for tenant in tenants}
        return cls(shop, versions, contracts)

    def work(self, hand: list[tuple[str, int]]) -> None:
        """Do one session's operations; each draws what it is about by its own seed."""
        for name, seed in hand:
            dice = random.Random(seed)  # noqa: S311 (no secret)
            tenant = dice.choice(sorted(self.contracts))
            getattr(self, name)(dice, tenant, seed)

    def use(self, dice: random.Random, tenant: int, _: int) -> None:
        hour, quantity = dice.randrange(HOURS), dice.randint(1, 9)
        with provider_scope(self.shop.provider_id):
            self.shop.use(tenant, "calls", quantity, START + hour * HOUR)
        self.used.append((tenant, hour, quantity))

    def top_up(self, dice: random.Random, tenant: int, seed: int) -> None:
        cents = dice.randint(1, 120)
        with provider_scope(self.shop.provider_id):
            done = add_credit(
                provider_id=self.shop.provider_id,
                tenant_id=tenant,
                amount=Money(cents, "USD"),
                reason="top-up",
                key=f"top-up:{seed}",
                now=NOW,
            )
        self.credited.append((tenant, cents, done.posting_id))

    def refund(self, dice: random.Random, _: int, seed: int) -> None:
        if not self.credited:
            return
        tenant, cents, posting_id = dice.choice(self.credited)
        try:
            with provider_scope(self.shop.provider_id):
                reverse(
                    provider_id=self.shop.provider_id,
                    posting_id=posting_id,
                    key=f"refund:{seed}",
                    now=NOW,
                )
        except AlreadyReversed:
            return
        self.refunded.append((tenant, cents))

    def change(self, dice: random.Random, tenant: int, _: int) -> None:
        hour = dice.randrange(1, HOURS)
        try:
            with provider_scope(self.shop.provider_id):
                change_plan(
                    provider_id=self.shop.provider_id,
                    tenant_id=tenant,
                    subscription_id=self.contracts[tenant],
                    version_id=self.versions[hour],
                    at=START + hour * HOUR,
                    now=NOW,
                )
        except SubscriptionConflictError:
            return  # a later change stands
        self.changes.append((tenant, hour))

    def charge(self, dice: random.Random, _: int, __: int) -> None:
        until = START + dice.randint(1, HOURS) * HOUR
        charge_hours(provider_id=self.shop.provider_id, until=until, now=NOW)

    def balances(self) -> dict[int, int]:
        """Return what each client has left, reckoned from what was done."""
        left: dict[int, int] = defaultdict(int)
        for tenant, cents, _ in self.credited:
            left[tenant] += cents
        for tenant, cents in self.refunded:
            left[tenant] -= cents
        for tenant, hour, quantity in self.used:
            agreed = max([0, *(at for who, at in self.changes if who == tenant and at <= hour)])
            left[tenant] -= quantity * (agreed + 1)
        return dict(left)


def hands() -> list[list[tuple[str, int]]]:
    """Deal all operations to the sessions, shuffled, each with a seed of its own."""
    dice = random.Random(SEED)  # noqa: S311 (no secret)
    names = [name for name, count in OPERATIONS.items() for _ in range(count)]
    dice.shuffle(names)
    cards = [(name, SEED * len(names) + place) for place, name in enumerate(names)]
    return [cards[session::SESSIONS] for session in range(SESSIONS)]


def test_a_thousand_operations_from_four_sessions_leave_the_books_right(committed_db: str) -> None:
    print(f"INTERLEAVINGS_SEED={SEED}")
    bench = Bench.open()
    provider_id = bench.shop.provider_id

    in_threads(bench.work, hands())
    charge_hours(provider_id=provider_id, until=NOW, now=NOW)

    assert charge_hours(provider_id=provider_id, until=NOW, now=NOW).posted_minor == {}
    assert bench.refunded
    assert bench.changes
    with provider_scope(provider_id):
        states = {tenant: rest for tenant, *rest in fetch_all(_STATES)}
        assert verify(provider_id=provider_id).findings == ()
    assert states == {
        tenant: [left, left <= 0, left <= 0] for tenant, left in bench.balances().items()
    }
