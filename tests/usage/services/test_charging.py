"""The hourly job charges each hour once, and finds every difference."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError

from accounts.services.credits import add_credit
from billing_platform.kernel.heartbeats import LeaseLostError, Run
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from tests.usage.services.charges import balance, charge, postings, rows, sell, use
from usage.errors import HourAheadError, NotFullHourError
from usage.services import charging
from usage.services.charging import charge_hours
from usage.services.prices import change_price
from usage.services.subscriptions import end_subscription


class TestChargeHours:
    def test_it_posts_once(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 7, START)

        first = charge(shop, START + HOUR)
        second = charge(shop, START + HOUR)

        assert (first.hours, first.tenants, first.posted_minor) == (1, 1, {"USD": 70})
        assert (second.hours, second.tenants, second.posted_minor) == (0, 0, {})
        assert balance(shop, acme) == -70
        assert postings(shop) == [("usage", "wallet", -70), ("usage", "revenue_usage", 70)]

    def test_it_refuses_a_broken_hour(self, shop: Shop) -> None:
        with pytest.raises(NotFullHourError):
            charge(shop, START + timedelta(minutes=1))

    def test_it_refuses_an_hour_ahead(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 7, START)
        at = START + timedelta(minutes=59)

        with pytest.raises(HourAheadError):
            charge_hours(provider_id=shop.provider_id, until=START + HOUR, now=at)

        assert rows(shop, "SELECT count(*) FROM usage_charge_chunk") == [(0,)]

    def test_what_is_posted_stands_when_nobody_can_be_told(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*, provider_id: int) -> None:
            raise OperationalError(provider_id)

        acme, _ = sell(shop)
        use(shop, acme, 7, START)
        monkeypatch.setattr(charging, "ring_dues", fail)

        assert charge(shop, START + HOUR).posted_minor == {"USD": 70}
        assert balance(shop, acme) == -70

    def test_sub_cent_hours_add_up(self, shop: Shop) -> None:
        acme, _ = sell(shop, unit="0.0012")

        for hour in range(10):
            use(shop, acme, 1, START + hour * HOUR)
            charge(shop, START + (hour + 1) * HOUR)

        assert balance(shop, acme) == -1

    def test_a_long_silence_is_one_posting_that_names_its_hours(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + HOUR)
        for hour in range(1, 51):
            use(shop, acme, 1, START + hour * HOUR)

        result = charge(shop, START + 51 * HOUR)

        assert (result.hours, result.posted_minor) == (50, {"USD": 500})
        spans = rows(shop, "SELECT hours_from, hours_to FROM accounts_posting")
        assert spans == [(START + HOUR, START + 51 * HOUR)]

    def test_late_usage_is_posted_by_the_next_run(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + 5 * HOUR)
        use(shop, acme, 3, START + HOUR)

        assert charge(shop, START + 5 * HOUR, again=False).posted_minor == {}
        assert charge(shop, START + 5 * HOUR).posted_minor == {"USD": 30}

    def test_a_correction_below_zero_is_given_back(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", allows_negative=True)
        acme, _ = sell(shop)
        use(shop, acme, 5, START)
        charge(shop, START + HOUR)
        use(shop, acme, -2, START)

        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": -20}
        assert balance(shop, acme) == -30

    def test_it_goes_never_backwards(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + 5 * HOUR)
        use(shop, acme, 3, START + HOUR)

        assert charge(shop, START + 2 * HOUR).posted_minor == {}

    def test_a_price_change_in_the_past_posts_the_difference(self, shop: Shop) -> None:
        acme, price = sell(shop)
        use(shop, acme, 10, START)
        use(shop, acme, 10, START + 3 * HOUR)
        charge(shop, START + 4 * HOUR)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=price,
                figures={"unit": "0.25"},
                valid_from=START + 2 * HOUR,
                now=START + 4 * HOUR,
            )

        assert charge(shop, START + 4 * HOUR).posted_minor == {"USD": 150}

    def test_tiers_go_on_counting_whenever_the_change_was_agreed(self, shop: Shop) -> None:
        tiers = [{"up_to": "6", "unit": "1"}, {"unit": "0.5"}]
        acme, price = sell(shop, model="graduated", figures={"tiers": tiers}, is_continuing=True)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=price,
                figures={"tiers": [{"up_to": "6", "unit": "2"}, {"unit": "1"}]},
                valid_from=START + 2 * HOUR,
                now=START,
            )
        use(shop, acme, 5, START + HOUR)
        use(shop, acme, 7, START + 3 * HOUR)

        charge(shop, START + 4 * HOUR)
        assert balance(shop, acme) == -1300, "5 at 1.00; the sixth at 2.00, six more at 1.00"
        use(shop, acme, 2, START + HOUR)
        charge(shop, START + 4 * HOUR)
        assert balance(shop, acme) == -1350, (
            "late: one more at 1.00 and one at 0.50 before, 7 at 1.00"
        )
        assert charge(shop, START + 4 * HOUR).posted_minor == {}

    def test_usage_ahead_of_a_change_waits_for_its_hour(self, shop: Shop) -> None:
        tiers = [{"up_to": "6", "unit": "1"}, {"unit": "0.5"}]
        acme, price = sell(shop, model="graduated", figures={"tiers": tiers}, is_continuing=True)
        with provider_scope(shop.provider_id):
            change_price(
                provider_id=shop.provider_id,
                price_id=price,
                figures={"tiers": [{"up_to": "6", "unit": "2"}, {"unit": "1"}]},
                valid_from=START + 2 * HOUR,
                now=START,
            )
        use(shop, acme, 5, START + HOUR)
        use(shop, acme, 7, START + 3 * HOUR)

        for hours, due in ((1, 0), (2, 500), (3, 500), (4, 1300)):
            charge(shop, START + hours * HOUR)
            assert balance(shop, acme) == -due

    def test_the_end_of_a_contract_in_the_past_gives_back(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 10, START)
        charge(shop, START + HOUR)
        with provider_scope(shop.provider_id):
            ((subscription,),) = fetch_all("SELECT id FROM usage_subscription")
            end_subscription(
                provider_id=shop.provider_id,
                tenant_id=acme,
                subscription_id=subscription,
                at=START,
                now=START + HOUR,
            )

        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": -100}
        assert balance(shop, acme) == 0

    def test_a_lost_heartbeat_stops_no_run(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 7, START)

        def lose(_run: Run, *, every: timedelta) -> None:
            raise LeaseLostError

        monkeypatch.setattr(Run, "renew", lose)

        assert charge(shop, START + HOUR).posted_minor == {"USD": 70}


class TestUntil:
    @pytest.mark.parametrize(
        ("aggregation", "before", "after", "due"),
        [("sum", "3", "5", 30), ("max", "3", "5", 30), ("latest", "9", "5", 90)],
    )
    def test_usage_behind_the_hour_waits(
        self, shop: Shop, aggregation: str, before: str, after: str, due: int
    ) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", aggregation)
        acme, _ = sell(shop)
        use(shop, acme, before, START + timedelta(minutes=59))
        use(shop, acme, after, START + HOUR)

        assert charge(shop, START + HOUR).posted_minor == {"USD": due}
        rest = {"sum": 50, "max": 20, "latest": -40}[aggregation]
        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": rest}

    def test_identities_first_seen_behind_the_hour_wait(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            shop.meter("calls", "unique")
        acme, _ = sell(shop)
        for number, at in enumerate((START, START + HOUR, START + HOUR)):
            use(shop, acme, 1, at, identity=f"{number:032x}")

        assert charge(shop, START + HOUR).posted_minor == {"USD": 10}
        assert charge(shop, START + 2 * HOUR).posted_minor == {"USD": 20}


class TestSuspension:
    def test_it_suspends_in_the_run_and_credit_brings_back(self, db: None) -> None:
        with as_role("worker"):
            shop = Shop.open(suspension=True)
            acme, _ = sell(shop)
            with provider_scope(shop.provider_id):
                add_credit(
                    provider_id=shop.provider_id,
                    tenant_id=acme,
                    amount=Money(50, "USD"),
                    reason="hello",
                    key="1",
                    now=START,
                )
            use(shop, acme, 5, START)
            charge(shop, START + HOUR)

            status = "SELECT status FROM tenants_tenant WHERE id = %s"
            assert rows(shop, status, acme) == [("suspended",)]
            with provider_scope(shop.provider_id):
                add_credit(
                    provider_id=shop.provider_id,
                    tenant_id=acme,
                    amount=Money(50, "USD"),
                    reason="more",
                    key="2",
                    now=START,
                )
            assert rows(shop, status, acme) == [("active",)]
