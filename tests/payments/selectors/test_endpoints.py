"""What the provider's first page reads of events stays cheap however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.selectors.endpoints import endpoints_of_other_mode
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast


@pytest.mark.django_db
def test_events_of_the_other_mode_are_read_from_their_index(cast: Cast) -> None:
    with (
        as_role("app"),
        provider_scope(cast.nimbus),
        connection.cursor() as cursor,
    ):
        with CaptureQueriesContext(connection) as queries:
            assert endpoints_of_other_mode(cast.nimbus, since=now()) == []
        (sql,) = (one["sql"] for one in queries if "payments_webhook_event" in one["sql"])
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "payments_webhook_event_mode" in plan
