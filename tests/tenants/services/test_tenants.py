"""Tenants and providers are made once, with values that can be used."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from billing_platform.kernel.errors import UnknownCurrencyError
from billing_platform.kernel.scope import provider_scope, system_scope, tenant_scope
from tenants.errors import (
    InvalidNameError,
    ProviderConflictError,
    ProviderNotFoundError,
    TenantClosedError,
    TenantExistsError,
    TenantNotFoundError,
    UnknownTimeZoneError,
)
from tenants.models import Provider, Tenant
from tenants.selectors.hosts import provider_id_by_host
from tenants.selectors.providers import provider_id_by_slug, provider_view
from tenants.selectors.settings import get_setting
from tenants.selectors.suspensions import entitlement
from tenants.selectors.tenants import (
    count_tenants,
    list_tenants,
    tenant_by_external_id,
    tenant_by_public_id,
    tenants_by_id,
)
from tenants.services.providers import create_provider, set_brand
from tenants.services.settings import set_setting
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import (
    close_tenant,
    create_tenant,
    end_trials,
    ensure_tenants,
    update_tenant,
)
from tenants.types import TenantSpec
from tests.cast import NOW, Cast
from tests.roles import as_role


def provider(**changes: object) -> int:
    values = {
        "slug": "third",
        "name": "Third",
        "currency": "JPY",
        "time_zone": "Asia/Tokyo",
        "suspension_enabled": True,
        "now": NOW,
    }
    with as_role("worker"):
        return create_provider(**(values | changes))  # type: ignore[arg-type]


class TestCreateProvider:
    def test_it_is_idempotent_by_slug(self, cast: Cast) -> None:
        first = provider(suspension_enabled=False)

        assert provider(name="Renamed") == first
        assert provider_id_by_slug("third") == first
        with provider_scope(first):
            assert get_setting(first, "suspension.enabled") is False
            assert provider_view(first).name == "Third"

    def test_it_refuses_a_slug_that_means_something_else(self, cast: Cast) -> None:
        provider()

        with pytest.raises(ProviderConflictError):
            provider(currency="EUR")

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"slug": "With Space"}, InvalidNameError),
            ({"name": " "}, InvalidNameError),
            ({"currency": "XXZ"}, UnknownCurrencyError),
            ({"time_zone": "Mars/Base"}, UnknownTimeZoneError),
            ({"time_zone": "../etc"}, UnknownTimeZoneError),
        ],
    )
    def test_it_refuses_what_cannot_be(
        self, cast: Cast, changes: dict[str, object], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            provider(**changes)

    def test_the_web_cannot_make_one(self, cast: Cast) -> None:
        with pytest.raises(Exception, match="permission denied"), system_scope():
            Provider.objects.create(slug="x", name="x", currency="USD", created_at=NOW)

    def test_an_unknown_slug_is_not_found(self, cast: Cast) -> None:
        with pytest.raises(ProviderNotFoundError):
            provider_id_by_slug("nobody")


class TestHosts:
    def test_a_host_shows_one_provider(self, cast: Cast) -> None:
        assert provider_id_by_host("NIMBUS.localhost") == cast.nimbus
        assert provider_id_by_host("nobody.localhost") is None

    def test_a_brand_can_be_set(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            set_brand(provider_id=cast.nimbus, brand_color="#ffcc00", sender_name="Nimbus Billing")
            set_brand(provider_id=cast.nimbus)
            assert provider_view(cast.nimbus).brand_color == "#ffcc00"
            for wrong in ({"brand_color": "red"}, {"terms_url": "http://nimbus.example"}):
                with pytest.raises(InvalidNameError):
                    set_brand(provider_id=cast.nimbus, **wrong)


class TestCreateTenant:
    def test_it_takes_the_providers_defaults(self, cast: Cast) -> None:
        with provider_scope(cast.sonora):
            tenant = create_tenant(provider_id=cast.sonora, external_id="t/1 ?", name="T", now=NOW)
            assert (tenant.currency, tenant.time_zone, tenant.status) == ("EUR", "UTC", "active")
            assert tenant_by_external_id(cast.sonora, "t/1 ?") == tenant
            assert tenant_by_public_id(cast.sonora, tenant.public_id) == tenant

    def test_it_refuses_an_external_id_twice(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus), pytest.raises(TenantExistsError):
            create_tenant(provider_id=cast.nimbus, external_id="acme", name="Again", now=NOW)

    def test_two_providers_may_use_one_external_id(self, cast: Cast) -> None:
        with provider_scope(cast.sonora):
            assert create_tenant(
                provider_id=cast.sonora, external_id="acme", name="Other", now=NOW
            ).id

    def test_many_at_once_are_made_once(self, cast: Cast) -> None:
        specs = [TenantSpec(external_id=f"n{n}", name=f"N {n}") for n in range(5)]
        with provider_scope(cast.nimbus):
            first = ensure_tenants(provider_id=cast.nimbus, specs=specs[:3], now=NOW)
            second = ensure_tenants(provider_id=cast.nimbus, specs=specs, now=NOW)
            assert count_tenants(cast.nimbus) == {"active": 7}

        assert first.items() <= second.items()
        assert set(second) == {f"n{n}" for n in range(5)}

    def test_rows_of_plain_sql_get_a_public_id(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tenants_tenant (provider_id, external_id, name, category, status, time_zone, currency,"
                " language, billing_plan, contract_type, anchor_day, credit_limit_minor, epoch, created_at)"
                " VALUES (%s, 'sql', 'S', 'individual', 'active', 'UTC', 'USD', 'en', 'PREPAID', 'PAYG', 1, 0, 0,"
                " now())",
                [cast.nimbus],
            )
            assert tenant_by_external_id(cast.nimbus, "sql").public_id.startswith("ten_")

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"external_id": ""}, InvalidNameError),
            ({"external_id": "x" * 201}, InvalidNameError),
            ({"external_id": "a\x00b"}, InvalidNameError),
            ({"name": "n" * 10_000}, InvalidNameError),
            ({"anchor_day": 32}, InvalidNameError),
            ({"currency": "usd"}, UnknownCurrencyError),
        ],
    )
    def test_it_refuses_what_cannot_be(
        self, cast: Cast, changes: dict[str, object], error: type[Exception]
    ) -> None:
        values = {"external_id": "ok", "name": "Ok"} | changes
        with provider_scope(cast.nimbus), pytest.raises(error):
            create_tenant(provider_id=cast.nimbus, now=NOW, **values)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("status", "'odd'"),
            ("currency", "'usd'"),
            ("anchor_day", "0"),
            ("category", "'odd'"),
            ("billing_plan", "'odd'"),
            ("contract_type", "'odd'"),
            ("credit_limit_minor", "-1"),
            ("external_id", "''"),
        ],
    )
    def test_the_database_refuses_it_too(self, cast: Cast, column: str, value: str) -> None:
        with (
            provider_scope(cast.nimbus),
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"UPDATE tenants_tenant SET {column} = {value} WHERE id = %s", [cast.acme]
            )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("closed", "active"),
            ("closed", "trial"),
            ("closed", "suspended"),
            ("active", "trial"),
        ],
    )
    def test_the_database_refuses_ways_back_that_no_service_goes(
        self, cast: Cast, before: str, after: str
    ) -> None:
        with provider_scope(cast.nimbus):
            rows = Tenant.objects.filter(pk=cast.acme)
            if before != "active":
                rows.update(status=before, closed_at=NOW)
            with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
                rows.update(status=after)
            assert rows.get().status == before

    def test_and_lets_it_go_every_other_way(self, cast: Cast) -> None:
        way = ("suspended", "trial", "suspended", "active", "suspended", "closed")
        with provider_scope(cast.nimbus):
            rows = Tenant.objects.filter(pk=cast.acme)
            for status in way:
                rows.update(status=status)
            rows.update(status="closed", name="Closed Ltd")
            fresh = Tenant.objects.filter(pk=cast.globex)
            fresh.update(status="suspended")
            fresh.update(status="trial")
            fresh.update(status="active")
            assert (rows.get().status, fresh.get().status) == ("closed", "active")


class TestSelectors:
    def test_a_page_is_filtered_and_followed(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            first = list_tenants(cast.nimbus, limit=1)
            second = list_tenants(cast.nimbus, limit=1, after=first.next_after or "")
            assert [row.external_id for row in (*first.rows, *second.rows)] == ["globex", "acme"]
            assert second.next_after is None
            assert list_tenants(cast.nimbus, status="closed").rows == []
            assert set(tenants_by_id(cast.nimbus, [cast.acme, cast.aria])) == {cast.acme}

    def test_a_tenant_sees_itself_only(self, cast: Cast) -> None:
        with tenant_scope(cast.nimbus, cast.acme):
            assert list(Tenant.objects.values_list("pk", flat=True)) == [cast.acme]
            with pytest.raises(TenantNotFoundError):
                tenant_by_external_id(cast.nimbus, "globex")
            with pytest.raises(TenantNotFoundError):
                tenant_by_external_id(cast.nimbus, "nul\x00")


class TestChanges:
    def test_a_tenant_is_renamed(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            update_tenant(
                provider_id=cast.nimbus, tenant_id=cast.acme, name="New", time_zone="Asia/Kolkata"
            )
            update_tenant(provider_id=cast.nimbus, tenant_id=cast.acme)
            tenant = tenant_by_external_id(cast.nimbus, "acme")
        assert (tenant.name, tenant.time_zone) == ("New", "Asia/Kolkata")

    def test_a_trial_ends_at_its_time(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            tenant = create_tenant(
                provider_id=cast.nimbus,
                external_id="try",
                name="Try",
                now=NOW,
                trial_ends_at=NOW + timedelta(days=1),
            )
            ids = [tenant.id, cast.acme]
            assert tenant.status == "trial"
            assert end_trials(provider_id=cast.nimbus, tenant_ids=ids, now=NOW) == 0
            after = NOW + timedelta(days=1)
            assert end_trials(provider_id=cast.nimbus, tenant_ids=ids, now=after) == 1

    def test_closing_is_final(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
            with pytest.raises(TenantClosedError):
                close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)


class TestEntitlement:
    def test_an_active_tenant_may_do_all(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            answer = entitlement(cast.nimbus, "acme")

        assert (answer.status, answer.outbound, answer.inbound) == ("active", "allow", "allow")
        assert (answer.resources, answer.may_create, answer.reason) == ("run", True, None)

    def test_a_suspended_one_follows_the_providers_settings(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
            for name, value in (
                ("outbound", "allow"),
                ("inbound", "reject"),
                ("resources", "stop"),
            ):
                set_setting(
                    provider_id=cast.nimbus, name=f"suspension.{name}", value=value, now=NOW
                )
            answer = entitlement(cast.nimbus, "acme")

        assert (answer.outbound, answer.inbound, answer.resources) == ("allow", "reject", "stop")
        assert (answer.reason, answer.since, answer.epoch) == ("by_hand", NOW, 1)
        assert not answer.may_create

    def test_a_closed_one_may_do_nothing(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
            answer = entitlement(cast.nimbus, "acme")

        assert (answer.status, answer.outbound, answer.may_create) == ("closed", "block", False)


class TestCommands:
    def run(self, *words: str) -> str:
        out = io.StringIO()
        with as_role("worker"):
            call_command(*words, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    def test_a_provider_is_created_once(self, cast: Cast) -> None:
        words = ["create_provider", "--slug", "q", "--name", "Q", "--currency", "USD", "--json"]

        assert json.loads(self.run(*words)) == json.loads(self.run(*words))
        with pytest.raises(CommandError, match="differently"):
            self.run(*words[:6], "EUR")

    def test_a_key_is_shown_once(self, cast: Cast) -> None:
        words = ["create_api_key", "--provider", "nimbus", "--json"]
        first, second = json.loads(self.run(*words)), json.loads(self.run(*words))

        assert first["key"].startswith(second["prefix"])
        assert second["key"] is None
        assert json.loads(self.run(*words, "--rotate"))["key"] != first["key"]
        with pytest.raises(CommandError, match="no provider"):
            self.run("create_api_key", "--provider", "nobody")
