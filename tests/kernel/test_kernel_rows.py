"""The kernel's own rows of a provider are reached from its own scopes only."""

from __future__ import annotations

import pytest

from billing_platform.kernel.kernel_rows import PLATFORM, ForeignProviderError, kernel_rows_of
from billing_platform.kernel.scope import (
    Scope,
    current_scope,
    provider_scope,
    system_scope,
    tenant_scope,
)


@pytest.mark.django_db
class TestKernelRowsOf:
    def test_it_widens_a_tenant_s_scope_for_a_while(self) -> None:
        with tenant_scope(1, 7):
            with kernel_rows_of(1):
                assert current_scope() == Scope("provider", 1)
            assert current_scope() == Scope("tenant", 1, 7)

    @pytest.mark.parametrize("provider_id", [1, PLATFORM])
    def test_it_opens_from_nowhere_and_from_the_system_s_scope(self, provider_id: int) -> None:
        with kernel_rows_of(provider_id):
            assert current_scope() == Scope("provider", provider_id)
        with system_scope(), kernel_rows_of(provider_id):
            assert current_scope() == Scope("provider", provider_id)

    @pytest.mark.parametrize("provider_id", [2, PLATFORM])
    def test_it_refuses_another_provider_s(self, provider_id: int) -> None:
        with provider_scope(1), pytest.raises(ForeignProviderError), kernel_rows_of(provider_id):
            pass
