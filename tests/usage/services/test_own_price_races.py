"""What two people agree at the same moment: one own price holds, never two, never none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import START, Shop
from tests.tenants.test_races import at_once
from usage.services.overrides import replace_override

if TYPE_CHECKING:
    from collections.abc import Callable


class TestReplaceOverride:
    @pytest.mark.parametrize("units", [("0.05",) * 4, ("0.01", "0.02", "0.03", "0.04")])
    def test_leaves_one_agreement(self, committed_db: str, units: tuple[str, ...]) -> None:
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            tenant = shop.tenant()
            shop.price("calls", {"unit": "0.10"})
            version, prices = shop.version()
            shop.subscribe(tenant, version)

        def agree(unit: str) -> Callable[[], None]:
            def act() -> None:
                with provider_scope(shop.provider_id):
                    replace_override(
                        provider_id=shop.provider_id,
                        tenant_id=tenant,
                        price_id=prices["calls"],
                        figures={"unit": unit},
                        valid_from=START,
                        now=START,
                    )

            return act

        assert all(at_once([agree(unit) for unit in units]))

        with provider_scope(shop.provider_id):
            ((own, starts, ends),) = fetch_all(
                "SELECT own_price_id, lower(valid), upper(valid) FROM usage_price_override"
            )
            segments = fetch_all("SELECT price_id FROM usage_rate_segment WHERE NOT isempty(valid)")
        assert (starts, ends) == (START, None)
        assert segments == [(own,)]
