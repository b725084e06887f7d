"""The terms of a tenant change, or they are refused for a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing_platform.kernel.errors import DomainError, NotFoundError
from billing_platform.kernel.scope import provider_scope
from tenants.errors import (
    InvalidNameError,
    TenantClosedError,
    TenantExistsError,
    UnknownTimeZoneError,
)
from tenants.selectors.tenants import tenant_by_id
from tenants.services.tenants import close_tenant
from tenants.services.terms import TenantTerms, change_terms
from tests.cast import NOW, Cast

TERMS = TenantTerms(
    name="Acme Two",
    external_id="acme2",
    category="individual",
    time_zone="Asia/Tokyo",
    billing_plan="FLEXIBLE",
    contract_type="FIXED",
    credit_limit_minor=500,
)


def change(cast: Cast, terms: TenantTerms = TERMS, tenant_id: int = 0) -> None:
    """Change Acme's terms."""
    with provider_scope(cast.nimbus):
        change_terms(provider_id=cast.nimbus, tenant_id=tenant_id or cast.acme, terms=terms)


class TestChangeTerms:
    def test_writes_all_of_them_and_nothing_else(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            before = tenant_by_id(cast.nimbus, cast.acme)

        change(cast)
        change(cast)

        with provider_scope(cast.nimbus):
            after = tenant_by_id(cast.nimbus, cast.acme)
        assert after == replace(
            before,
            name="Acme Two",
            external_id="acme2",
            category="individual",
            time_zone="Asia/Tokyo",
            billing_plan="FLEXIBLE",
            contract_type="FIXED",
            credit_limit_minor=500,
        )

    @pytest.mark.parametrize(
        ("terms", "error"),
        [
            (replace(TERMS, external_id="globex"), TenantExistsError),
            (replace(TERMS, external_id=""), InvalidNameError),
            (replace(TERMS, external_id="a\x00"), InvalidNameError),
            (replace(TERMS, name=" "), InvalidNameError),
            (replace(TERMS, time_zone="Mars"), UnknownTimeZoneError),
        ],
    )
    def test_refuses_what_cannot_be(
        self, cast: Cast, terms: TenantTerms, error: type[DomainError]
    ) -> None:
        with pytest.raises(error):
            change(cast, terms)

    def test_refuses_closed_and_foreign_tenants(self, cast: Cast) -> None:
        with pytest.raises(NotFoundError):
            change(cast, tenant_id=cast.aria)
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
        with pytest.raises(TenantClosedError):
            change(cast)
