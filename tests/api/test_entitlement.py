"""What a tenant's service may do, asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import close_tenant, create_tenant
from tests.api.conftest import ApiClient, key_of

if TYPE_CHECKING:
    from tests.cast import Cast


class TestEntitlement:
    def test_an_active_tenant_may_do_all(self, api: ApiClient) -> None:
        response = api.get("/tenants/acme/entitlement")

        assert response.status_code == 200
        assert response.json() == {  # type: ignore[attr-defined]
            "status": "active",
            "reason": None,
            "since": None,
            "epoch": 0,
            "outbound": "allow",
            "inbound": "allow",
            "resources": "run",
            "may_create": True,
        }

    def test_a_suspended_tenant_may_not_create(self, api: ApiClient, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=now())

        answer = api.get("/tenants/acme/entitlement").json()  # type: ignore[attr-defined]

        assert (answer["status"], answer["reason"], answer["epoch"]) == ("suspended", "by_hand", 1)
        assert (answer["outbound"], answer["inbound"]) == ("block", "announce")
        assert answer["since"] is not None
        assert answer["may_create"] is False

    def test_a_closed_tenant_may_do_nothing(self, api: ApiClient, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=now())

        answer = api.get("/tenants/acme/entitlement").json()  # type: ignore[attr-defined]

        assert (answer["status"], answer["resources"]) == ("closed", "stop")

    def test_an_external_id_may_hold_a_slash(self, api: ApiClient, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            create_tenant(provider_id=cast.nimbus, external_id="eu/7 ü", name="Seven", now=now())

        assert api.get("/tenants/eu/7%20%C3%BC/entitlement").status_code == 200

    def test_another_providers_tenant_is_404(self, api: ApiClient) -> None:
        response = api.get("/tenants/aria/entitlement")

        assert response.status_code == 404
        assert response.headers["Content-Type"] == "application/problem+json"

    def test_a_key_without_the_scope_is_403(self, cast: Cast) -> None:
        client = ApiClient(key_of(cast.nimbus, scopes=["usage:write"]))

        assert client.get("/tenants/acme/entitlement").status_code == 403

    def test_no_key_is_401(self, cast: Cast) -> None:
        assert ApiClient("").get("/tenants/acme/entitlement").status_code == 401
