"""Late usage, corrections, closed periods, trials and postpaid tenants in the hourly job."""

from __future__ import annotations

from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.usage.services.charges import DAY, balance, charge, rows, sell, use
from usage.services.reopening import reopen_totals
from usage.services.subscriptions import change_plan


class TestPeriods:
    def test_late_usage_of_an_old_period_is_a_correction_that_names_it(self, shop: Shop) -> None:
        acme, _ = sell(shop, unit="0.10", model="package")
        december = START + 30 * DAY
        use(shop, acme, 5, START)
        charge(shop, december + HOUR)
        use(shop, acme, 2, december + HOUR)
        use(shop, acme, 1, START + HOUR)

        charge(shop, december + 2 * HOUR)

        found = rows(
            shop,
            "SELECT p.kind, e.amount_minor, d.starts FROM accounts_entry e"
            " JOIN accounts_posting p ON p.id = e.posting_id"
            " JOIN accounts_period d ON d.id = e.period_id ORDER BY e.id",
        )
        assert found == [
            ("usage_correction", -50, START),
            ("usage_correction", -10, START),
            ("usage", -20, december),
        ]

    def test_a_closed_period_keeps_its_lines_and_opens_for_late_usage(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        use(shop, acme, 5, START)
        charge(shop, START + HOUR)
        later = START + 40 * DAY

        result = charge(shop, later)

        assert result.closed == 1
        lines = rows(shop, "SELECT quantity, amount_minor FROM usage_period_line")
        assert lines == [(5, 50)]
        assert rows(shop, "SELECT count(*) FROM usage_total") == [(0,)]
        use(shop, acme, 2, START + HOUR)
        again = charge(shop, later)
        assert (again.posted_minor, again.closed) == ({"USD": 20}, 1)
        assert rows(shop, "SELECT quantity, amount_minor FROM usage_period_line") == [(7, 70)]

    def test_opening_an_open_period_changes_nothing(self, shop: Shop) -> None:
        acme, _ = sell(shop)
        charge(shop, START + DAY)
        periods = "SELECT id, state, posted FROM accounts_period WHERE tenant_id = %s ORDER BY id"
        before = rows(shop, periods, acme)

        with provider_scope(shop.provider_id):
            reopen_totals(
                provider_id=shop.provider_id,
                period_ids=[period_id for period_id, *_ in before],
                tenant_ids=[acme],
            )

        assert rows(shop, periods, acme) == before != []

    def test_months_of_silence_roll_every_period(self, shop: Shop) -> None:
        acme, _ = sell(shop)

        charge(shop, START + 100 * DAY)

        states = rows(shop, "SELECT count(*) FROM accounts_period WHERE tenant_id = %s", acme)
        assert states == [(4,)]

    def test_a_postpaid_tenant_accrues_only(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(billing_plan="POSTPAID")
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        use(shop, tenant, 5, START)

        assert charge(shop, START + HOUR).posted_minor == {}
        assert rows(shop, "SELECT quantity FROM usage_total") == [(5,)]

    def test_a_setup_fee_outlasts_a_change_of_plan_within_the_trial(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(trial_ends_at=START + 5 * HOUR)
            shop.fee("setup", "10", kind="setup")
            first, _ = shop.version("first")
            shop.fee("setup", "99", kind="setup")
            shop.fee("base", "0")
            second, _ = shop.version("second")
            subscription = shop.subscribe(tenant, first)
            change_plan(
                provider_id=shop.provider_id,
                tenant_id=tenant,
                subscription_id=subscription,
                version_id=second,
                at=START + 2 * HOUR,
                now=START + HOUR,
            )

        charge(shop, START + 5 * HOUR)
        assert balance(shop, tenant) == 0
        charge(shop, START + 8 * HOUR)
        assert balance(shop, tenant) == -1000

    def test_a_trial_is_rated_and_costs_nothing_until_it_ends(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(trial_ends_at=START + 5 * HOUR)
            shop.price("calls", {"unit": "1"})
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        use(shop, tenant, 5, START)
        use(shop, tenant, 2, START + 5 * HOUR)

        assert charge(shop, START + 5 * HOUR).posted_minor == {}
        assert charge(shop, START + 6 * HOUR).posted_minor == {"USD": 200}
        assert rows(shop, "SELECT status FROM tenants_tenant WHERE id = %s", tenant) == [
            ("active",)
        ]

    def test_what_follows_a_trial_has_the_months_whole_units_and_minimum(self, shop: Shop) -> None:
        paid = START + 20 * DAY
        with provider_scope(shop.provider_id):
            tenant = shop.tenant(trial_ends_at=paid)
            spec = {"unit": "1", "included": "100", "minimum": "3"}
            shop.price("calls", spec, is_allowance_prorated=True)
            version, _ = shop.version()
            shop.subscribe(tenant, version)
        use(shop, tenant, 90, START)
        use(shop, tenant, 102, paid)

        assert charge(shop, paid - HOUR).posted_minor == {}
        assert charge(shop, paid).posted_minor == {"USD": 300}
        assert charge(shop, paid + HOUR).posted_minor == {}
        use(shop, tenant, 2, paid + HOUR)
        charge(shop, paid + 2 * HOUR)
        assert balance(shop, tenant) == -400
