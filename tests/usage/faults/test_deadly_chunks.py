"""A chunk of tenants that its worker dies of, each time, holds up nobody but itself."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.embedded.conftest import wait_for
from tests.factories.usage import HOUR, START, Shop
from tests.roles import set_role
from tests.usage.faults.workers import start
from tests.usage.services.test_poisoned_chunks import balances, sell, use
from usage.services import chunks
from usage.services.charging import charge_hours
from usage.services.chunks import plan_groups

if TYPE_CHECKING:
    from usage.services.chunks import Group

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def shop(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return a provider whose five clients will stand in chunks of two."""
    monkeypatch.setattr(chunks, "CHUNK_TENANTS", 2)
    set_role("worker")
    return Shop.open()


def die(shop: Shop, hours: int, *, claim: int) -> None:
    """Charge in a process that dies while it works on the claim of that number."""
    code, _ = start(lambda: charge(shop, hours), kill_at=f"charge.posted:{claim}").wait()
    set_role("worker")
    assert code == -signal.SIGKILL
    # Its session ends a moment later; until then its chunk is locked, and left to it.
    wait_for(lambda: fetch_all(OTHERS) == [(0,)])


def charge(shop: Shop, hours: int) -> int:
    """Charge as the bell does: what is charged up to the hour is not looked at again, whatever others have open."""
    until = START + hours * HOUR
    return charge_hours(provider_id=shop.provider_id, until=until, now=until, again=False).tenants


def planned(shop: Shop, hours: int) -> list[Group]:
    """Return what the next run will work on, in order."""
    with provider_scope(shop.provider_id):
        return plan_groups(provider_id=shop.provider_id, until=START + hours * HOUR, again=False)


class TestDeadlyChunk:
    def test_all_others_are_charged_though_each_run_dies(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        die(shop, 1, claim=1)
        assert balances(shop, tenants) == [0] * 5

        # The first chunk killed its worker; it is the last one now, however often.
        for _ in range(2):
            assert [group.nos for group in planned(shop, 1)][-1] == (1,)
            die(shop, 1, claim=len(planned(shop, 1)))
            assert balances(shop, tenants) == [0, 0, -100, -100, -100]

        assert charge(shop, 1) == 2
        assert balances(shop, tenants) == [-100] * 5
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()

    def test_the_others_periods_close_and_the_day_is_told(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        die(shop, 24 * 32, claim=1)

        # The month's end is noted by one run, and closed by one after the provider's days; both die.
        for days in (32, 45):
            die(shop, 24 * days, claim=len(planned(shop, 24 * days)))

        with provider_scope(shop.provider_id):
            closed = fetch_all(
                "SELECT DISTINCT tenant_id FROM accounts_period WHERE state = 'closed'"
            )
            ((told,),) = fetch_all("SELECT count(*) FROM usage_revenue_day")
        assert sorted(tenant for (tenant,) in closed) == tenants[2:]
        assert told == 2

        # Once it can be charged, its own period is noted, and closed by the next run.
        assert charge(shop, 24 * 45) == 2
        assert charge(shop, 24 * 46) == 0
        with provider_scope(shop.provider_id):
            ((still_open,),) = fetch_all(
                "SELECT count(*) FROM accounts_period WHERE state = 'late'"
            )
            assert verify(provider_id=shop.provider_id).findings == ()
        assert still_open == 0

    def test_chunks_that_shared_its_transaction_get_one_each(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        charge(shop, 1)
        use(shop, tenants, 1)
        assert [group.nos for group in planned(shop, 2)] == [(1, 2, 3)]
        die(shop, 2, claim=1)
        assert [group.nos for group in planned(shop, 2)] == [(1,), (2,), (3,)]

        # The second is the deadly one.
        die(shop, 2, claim=2)
        assert balances(shop, tenants) == [-200, -200, -100, -100, -100]
        assert [group.nos for group in planned(shop, 2)] == [(3,), (2,)]
        die(shop, 2, claim=2)
        assert balances(shop, tenants) == [-200, -200, -100, -100, -200]

        # In the next hour those that are well share one again.
        use(shop, tenants, 2)
        assert [group.nos for group in planned(shop, 3)] == [(1, 3), (2,)]
        assert charge(shop, 3) == 5
        assert balances(shop, tenants) == [-300] * 5
        assert [group.nos for group in planned(shop, 4)] == [(1, 2, 3)]
