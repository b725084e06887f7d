"""A client's own limits for top-ups, as the database keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope

if TYPE_CHECKING:
    from tests.cast import Cast


class TestRules:
    @pytest.mark.parametrize(
        ("least", "most", "name"), [(0, None, "amounts"), (None, 0, "amounts"), (2, 1, "order")]
    )
    def test_the_database_refuses_what_is_no_limit(
        self, cast: Cast, least: int | None, most: int | None, name: str
    ) -> None:
        with (
            provider_scope(cast.nimbus),
            pytest.raises(IntegrityError, match=f"payments_topup_limit_{name}"),
            transaction.atomic(),
        ):
            execute(
                "INSERT INTO payments_topup_limit (provider_id, tenant_id, currency, least_minor,"
                " most_minor, changed_at) VALUES (%s, %s, 'USD', %s, %s, now())",
                [cast.nimbus, cast.acme, least, most],
            )
