"""A chunk of tenants that cannot be charged holds up nobody else, and is charged once its fault is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import InternalError

from accounts.services.audit import verify
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.services import chunks
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Return a provider with five clients in chunks of two."""
    monkeypatch.setattr(chunks, "CHUNK_TENANTS", 2)
    with as_role("worker"):
        yield Shop.open()


def sell(shop: Shop) -> list[int]:
    """Sell calls at 1.00 to five clients."""
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "1"})
        version, _ = shop.version()
        tenants = [shop.tenant() for _ in range(5)]
        for tenant in tenants:
            shop.subscribe(tenant, version)
    return tenants


def use(shop: Shop, tenants: list[int], hour: int) -> None:
    """Let each client call once in an hour."""
    with provider_scope(shop.provider_id):
        for tenant in tenants:
            shop.use(tenant, "calls", 1, START + hour * HOUR)


def run(shop: Shop, hours: int) -> int:
    """Charge so many hours; returns how many clients something was posted for."""
    until = START + hours * HOUR
    return charge_hours(provider_id=shop.provider_id, until=until, now=until).tenants


def balances(shop: Shop, tenants: list[int]) -> list[int]:
    """Return what each client has, in order."""
    with provider_scope(shop.provider_id):
        found = dict(fetch_all("SELECT tenant_id, balance FROM accounts_wallet"))
    return [found.get(tenant, 0) for tenant in tenants]


def poison(tenant: int) -> None:
    """Let everything fail that changes a client's wallet."""
    with as_role("owner"):
        execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.tenant_id = {tenant} THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$"
        )
        execute(
            "CREATE TRIGGER poison BEFORE UPDATE ON accounts_wallet"
            " FOR EACH ROW EXECUTE FUNCTION poison()"
        )


def heal() -> None:
    """Take the poison away."""
    with as_role("owner"):
        execute("DROP FUNCTION poison CASCADE")


class TestPoison:
    @pytest.mark.parametrize("at", [0, 2, 4])
    def test_all_others_are_charged_by_each_run(self, shop: Shop, at: int) -> None:
        tenants = sell(shop)
        beside = {tenants[at // 2 * 2 + side] for side in (0, 1) if at // 2 * 2 + side < 5}
        use(shop, tenants, 0)
        poison(tenants[at])

        with pytest.raises(InternalError, match="poison"):
            run(shop, 1)
        assert balances(shop, tenants) == [0 if one in beside else -100 for one in tenants]

        # The next hour's few changes share one transaction, which fails; each chunk gets its own then.
        use(shop, tenants, 1)
        with pytest.raises(InternalError, match="poison"):
            run(shop, 2)
        assert balances(shop, tenants) == [0 if one in beside else -200 for one in tenants]

        heal()
        assert run(shop, 2) == len(beside)
        assert balances(shop, tenants) == [-200] * 5
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()

    def test_the_others_periods_close_and_the_day_is_told(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        poison(tenants[4])

        # The month's end is noted by one run, and closed by one after the provider's days.
        for days in (32, 45):
            with pytest.raises(InternalError, match="poison"):
                run(shop, 24 * days)

        with provider_scope(shop.provider_id):
            closed = fetch_all(
                "SELECT DISTINCT tenant_id FROM accounts_period WHERE state = 'closed'"
            )
            ((told,),) = fetch_all("SELECT count(*) FROM usage_revenue_day")
        assert sorted(tenant for (tenant,) in closed) == tenants[:4]
        assert told == 2

    def test_the_job_says_that_it_failed(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        poison(tenants[2])

        with pytest.raises(InternalError):
            run(shop, 1)

        with provider_scope(shop.provider_id):
            ((error,),) = fetch_all("SELECT error FROM kernel_job_run ORDER BY id DESC LIMIT 1")
        assert "poison" in error
