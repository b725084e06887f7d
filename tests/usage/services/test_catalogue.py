"""What is sold is checked before it is sold, and never changes afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import DatabaseError

from billing_platform.kernel.errors import UnknownCurrencyError
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from usage.errors import (
    CodeTakenError,
    InvalidMeterError,
    InvalidPriceError,
    NotFullHourError,
    SubscriptionConflictError,
    UnknownCatalogueError,
    VersionNotDraftError,
)
from usage.models import Meter
from usage.services.meters import create_meter, ensure_source
from usage.services.overrides import end_override, set_override
from usage.services.plans import activate_version, create_plan, draft_version, retire_version
from usage.services.prices import PriceDraft, add_price, change_price

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        yield shop


def meter(shop: Shop, **rules: Any) -> int:
    wanted: dict[str, Any] = {"code": "m", "name": "m", "event_type": "m", "aggregation": "sum"}
    return create_meter(provider_id=shop.provider_id, now=START, **{**wanted, **rules})


class TestCreateMeter:
    def test_it_is_made_once_by_code(self, shop: Shop) -> None:
        filters = [{"property": "direction", "values": ["out"]}]

        assert meter(shop, filters=filters) == meter(shop, filters=filters)
        with pytest.raises(CodeTakenError):
            meter(shop)

    @pytest.mark.parametrize(
        "rules",
        [
            {"aggregation": "mean"},
            {"identity": "face"},
            {"aggregation": "max", "allows_negative": True},
            {"increment": Decimal(0)},
            {"increment": Decimal("NaN")},
            {"increment_first": Decimal(-1)},
            {"aggregation": "unique", "increment": Decimal(6)},
            {"filters": [{"property": "", "values": ["x"]}]},
            {"filters": [{"property": "x", "values": []}]},
            {"filters": [{"property": "x", "values": "abc"}]},
        ],
    )
    def test_it_refuses(self, shop: Shop, rules: dict[str, Any]) -> None:
        with pytest.raises(InvalidMeterError):
            meter(shop, **rules)

    def test_the_database_refuses_negative_maxima_too(self, shop: Shop) -> None:
        row = Meter.objects.get(pk=meter(shop))
        row.pk, row.code, row.allows_negative, row.aggregation = None, "other", True, "max"

        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


class TestEnsureSource:
    def test_it_keeps_or_replaces_the_words(self, shop: Shop) -> None:
        words = {"direction": {"from": "dir", "values": {"o": "out"}}}
        values: dict[str, Any] = {"provider_id": shop.provider_id, "code": "pbx", "now": START}

        first = ensure_source(**values, property_map=words)

        assert ensure_source(**values) == first
        ((kept,),) = fetch_all("SELECT property_map->'direction'->>'from' FROM usage_event_source")
        assert kept == "dir"


class TestPlans:
    def test_a_plan_is_made_once_by_code(self, shop: Shop) -> None:
        values: dict[str, Any] = {"provider_id": shop.provider_id, "code": "p", "now": START}

        assert create_plan(name="P", **values) == create_plan(name="P", **values)
        with pytest.raises(CodeTakenError):
            create_plan(name="Q", **values)

    def test_versions_count_up(self, shop: Shop) -> None:
        shop.price("calls", {"unit": "1"})
        first, _ = shop.version()
        shop.price("calls", {"unit": "2"})
        second, _ = shop.version()

        numbers = fetch_all("SELECT id, number FROM usage_plan_version ORDER BY number")
        assert numbers == [(first, 1), (second, 2)]

    def test_it_refuses_an_unknown_plan_and_an_empty_version(self, shop: Shop) -> None:
        with pytest.raises(UnknownCatalogueError):
            draft_version(provider_id=shop.provider_id, plan_id=0, now=START)
        with pytest.raises(InvalidPriceError, match="no price"):
            shop.version()
        with pytest.raises(UnknownCatalogueError):
            activate_version(provider_id=shop.provider_id, version_id=0, now=START)

    def test_a_version_retires_but_never_comes_back(self, shop: Shop) -> None:
        shop.price("calls", {"unit": "1"})
        version, _ = shop.version()
        activate_version(provider_id=shop.provider_id, version_id=version, now=START)

        for _ in range(2):
            retire_version(provider_id=shop.provider_id, version_id=version)

        with pytest.raises(VersionNotDraftError):
            activate_version(provider_id=shop.provider_id, version_id=version, now=START)

    def test_a_draft_was_never_on_sale(self, shop: Shop) -> None:
        plan = create_plan(provider_id=shop.provider_id, code="p", name="P", now=START)
        version = draft_version(provider_id=shop.provider_id, plan_id=plan, now=START)

        with pytest.raises(VersionNotDraftError):
            retire_version(provider_id=shop.provider_id, version_id=version)

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE usage_price SET spec = '{}'",
            "UPDATE usage_price SET currency = 'EUR'",
            "DELETE FROM usage_price",
            "UPDATE usage_plan_version SET number = 9",
            "UPDATE usage_plan_version SET state = 'draft', activated_at = NULL",
            "DELETE FROM usage_plan_version",
        ],
    )
    def test_the_database_keeps_what_is_active(self, shop: Shop, sql: str) -> None:
        shop.price("calls", {"unit": "1"})
        shop.version()

        with pytest.raises((InternalError, DatabaseError), match="active"), transaction.atomic():
            execute(sql)


class TestAddPrice:
    @pytest.fixture
    def version(self, shop: Shop) -> int:
        plan = create_plan(provider_id=shop.provider_id, code="p", name="P", now=START)
        return draft_version(provider_id=shop.provider_id, plan_id=plan, now=START)

    @pytest.fixture
    def draft(self, shop: Shop) -> PriceDraft:
        return PriceDraft(
            code="calls",
            name="Calls",
            kind="usage",
            currency="USD",
            figures={"unit": "1"},
            meter_id=meter(shop),
        )

    def add(self, shop: Shop, version: int, draft: PriceDraft, **changes: Any) -> int:
        return add_price(
            provider_id=shop.provider_id,
            version_id=version,
            draft=replace(draft, **changes),
            now=START,
        )

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"kind": "gift"}, InvalidPriceError),
            ({"model": "guess"}, InvalidPriceError),
            ({"meter_id": None}, InvalidPriceError),
            ({"meter_id": 0}, UnknownCatalogueError),
            ({"interval_months": 1}, InvalidPriceError),
            ({"figures": {"unit": "x"}}, InvalidPriceError),
            ({"currency": "ZZZ"}, UnknownCurrencyError),
            ({"valid_from": START + timedelta(minutes=1)}, NotFullHourError),
            ({"kind": "recurring", "meter_id": None}, InvalidPriceError),
            ({"kind": "setup", "meter_id": None, "interval_months": 1}, InvalidPriceError),
        ],
    )
    def test_it_refuses(
        self,
        shop: Shop,
        version: int,
        draft: PriceDraft,
        changes: dict[str, Any],
        error: type[Exception],
    ) -> None:
        with pytest.raises(error):
            self.add(shop, version, draft, **changes)

    def test_prices_of_a_component_follow_each_other(
        self, shop: Shop, version: int, draft: PriceDraft
    ) -> None:
        self.add(shop, version, draft, valid_to=START)
        self.add(shop, version, draft, valid_from=START, valid_to=START + HOUR)

        with pytest.raises(InvalidPriceError):
            self.add(shop, version, draft, valid_from=START + HOUR - HOUR)
        with pytest.raises(InvalidPriceError):
            self.add(shop, version, draft, code="other", valid_from=START + HOUR)
        fee = {"kind": "setup", "meter_id": None, "valid_from": START + 2 * HOUR}
        with pytest.raises(InvalidPriceError):
            self.add(shop, version, draft, **fee)

    def test_it_refuses_a_version_on_sale(
        self, shop: Shop, version: int, draft: PriceDraft
    ) -> None:
        self.add(shop, version, draft)
        activate_version(provider_id=shop.provider_id, version_id=version, now=START)

        with pytest.raises(VersionNotDraftError):
            self.add(shop, version, draft, code="more")


class TestChangePrice:
    def change(self, shop: Shop, price_id: int, hour: int) -> int:
        return change_price(
            provider_id=shop.provider_id,
            price_id=price_id,
            figures={"unit": "2"},
            valid_from=START + hour * HOUR,
            now=START,
        )

    def test_it_ends_the_old_price_once(self, shop: Shop) -> None:
        shop.price("calls", {"unit": "1"})
        _, prices = shop.version()

        self.change(shop, prices["calls"], 5)

        with pytest.raises(UnknownCatalogueError):
            self.change(shop, prices["calls"], 6)
        with pytest.raises(UnknownCatalogueError):
            self.change(shop, 0, 6)

    def test_a_changed_fee_holds_from_its_next_interval(self, shop: Shop) -> None:
        shop.fee("base", "30")
        _, prices = shop.version()

        new = self.change(shop, prices["base"], 5)

        rows = fetch_all("SELECT valid_from, valid_to FROM usage_price WHERE id = %s", [new])
        assert rows == [(START + 5 * HOUR, None)]


class TestOverrides:
    def test_it_refuses_unknown_prices_and_overlaps(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "1"})
        _, prices = shop.version()
        values: dict[str, Any] = {
            "provider_id": shop.provider_id,
            "tenant_id": acme,
            "figures": {"unit": "0.5"},
            "valid_from": START,
            "now": START,
        }

        first = set_override(price_id=prices["calls"], **values)

        assert set_override(price_id=prices["calls"], **values) == first
        with pytest.raises(SubscriptionConflictError):
            set_override(price_id=prices["calls"], **{**values, "figures": {"unit": "0.4"}})
        with pytest.raises(UnknownCatalogueError):
            set_override(price_id=0, **values)

    def test_it_ends_only_where_it_holds(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "1"})
        _, prices = shop.version()

        with pytest.raises(UnknownCatalogueError):
            end_override(
                provider_id=shop.provider_id,
                tenant_id=acme,
                price_id=prices["calls"],
                at=START,
                now=START,
            )

    def test_the_database_refuses_two_prices_of_one_meter_at_one_time(self, shop: Shop) -> None:
        acme = shop.tenant()
        shop.price("calls", {"unit": "1"})
        version, _ = shop.version()
        shop.subscribe(acme, version)

        with pytest.raises(IntegrityError), transaction.atomic():
            execute(
                "INSERT INTO usage_rate_segment"
                " (provider_id, tenant_id, wallet_id, subscription_id, item_id, meter_id, price_id, valid)"
                " SELECT provider_id, tenant_id, wallet_id, subscription_id, item_id, meter_id, price_id,"
                " tstzrange(%s, NULL) FROM usage_rate_segment",
                [START + 5 * HOUR],
            )

    @pytest.mark.parametrize(
        "sql",
        [
            (
                "INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)"
                " VALUES (%(p)s, 1, 1, '2026-11-01T00:30Z', 1, 1)"
            ),
            (
                "INSERT INTO usage_charge_chunk (provider_id, no, t_from, t_to, charged_through, seen_xid)"
                " VALUES (%(p)s, 1, 5, 5, '2026-11-01T00:00Z', 0)"
            ),
        ],
    )
    def test_the_database_refuses_broken_hours_and_ranges(self, shop: Shop, sql: str) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            execute(sql, {"p": shop.provider_id})
