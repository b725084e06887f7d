"""Every change by a person leaves a row that names the person, and that nobody can change."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.models import (
    ApiKeyEvent,
    HostEvent,
    ProviderEvent,
    ProviderMemberEvent,
    SettingEvent,
    SettingValue,
    TenantEvent,
    TenantMember,
    TenantMemberEvent,
)
from tenants.services.api_keys import create_api_key, revoke_api_key
from tenants.services.members import change_role
from tenants.services.providers import set_brand
from tenants.services.settings import set_setting
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import create_tenant, update_tenant
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db
URL = "/provider/settings/ingestion.late_days/"


class TestByAPerson:
    def test_a_change_on_a_page_names_the_person(self, cast: Cast) -> None:
        assert client_of(cast, "paula").post(URL, {"value": "20"}).status_code == 302
        assert client_of(cast, "paula").post(URL, {"value": "21"}).status_code == 302

        with provider_scope(cast.nimbus):
            rows = list(
                SettingEvent.objects.order_by("pgh_id").values_list(
                    "pgh_label", "value", "pgh_context__user", "pgh_context__url"
                )
            )
        paula = cast.users["paula"]
        assert rows == [("insert", 20, paula, URL), ("update", 21, paula, URL)]

    def test_a_role_changed_and_taken_away_is_kept(self, cast: Cast) -> None:
        client = client_of(cast, "paula")
        member = {"member": cast.users["bill"]}
        client.post("/provider/members/role", {**member, "role": "support"})
        client.post("/provider/members/remove", member)

        with provider_scope(cast.nimbus):
            rows = list(
                ProviderMemberEvent.objects.order_by("pgh_id").values_list("pgh_label", "role")
            )
        assert rows == [("update", "support"), ("delete", "support")]


class TestByAJob:
    def test_changes_are_kept_and_new_rows_are_not(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            tenant = create_tenant(provider_id=cast.nimbus, external_id="new", name="New", now=NOW)
            assert not TenantEvent.objects.exists()
            update_tenant(provider_id=cast.nimbus, tenant_id=tenant.id, name="Newer")
            assert TenantEvent.objects.get().name == "Newer"

    def test_a_suspension_has_its_own_table(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
            assert not TenantEvent.objects.exists()

    def test_provider_key_member_and_setting_leave_rows(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            set_brand(provider_id=cast.nimbus, brand_color="#000000")
            key = create_api_key(provider_id=cast.nimbus, now=NOW)
            revoke_api_key(provider_id=cast.nimbus, key_id=key.id, now=NOW)
            change_role(
                provider_id=cast.nimbus,
                tenant_id=cast.acme,
                user_id=cast.users["bob"],
                role="admin",
            )
            set_setting(provider_id=cast.nimbus, name="ingestion.late_days", value=9, now=NOW)
            SettingValue.objects.all().delete()
            assert ProviderEvent.objects.get().brand_color == "#000000"
            assert ApiKeyEvent.objects.get().revoked_at == NOW
            assert TenantMemberEvent.objects.get().role == "admin"
            assert SettingEvent.objects.get().pgh_label == "delete"
            assert not HostEvent.objects.exists()


class TestRows:
    def test_nobody_changes_them(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            set_brand(provider_id=cast.nimbus, brand_color="#000000")
            for statement in (
                "UPDATE tenants_provider_event SET name = 'x'",
                "DELETE FROM tenants_provider_event",
            ):
                with (
                    pytest.raises((InternalError, ProgrammingError)),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(statement)

    def test_each_provider_and_tenant_sees_its_own(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            update_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, name="A")
            update_tenant(provider_id=cast.nimbus, tenant_id=cast.globex, name="G")
            TenantMember.objects.filter(user_id=cast.users["bob"]).delete()
        with provider_scope(cast.sonora):
            assert not TenantEvent.objects.exists()
        with tenant_scope(cast.nimbus, cast.acme):
            assert [row.name for row in TenantEvent.objects.all()] == ["A"]
            assert TenantMemberEvent.objects.count() == 1
        with tenant_scope(cast.nimbus, cast.globex):
            assert not TenantMemberEvent.objects.exists()
