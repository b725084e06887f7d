"""What the provider's first page reads of events stays cheap however many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.enums import EventState
from payments.models import WebhookEvent
from payments.selectors.endpoints import endpoints_of_other_mode, silent_endpoints
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.till import Till


def delivered(till: Till, count: int) -> None:
    """Let a gateway have told of so much that the database knows what is rare."""
    at, number_of = now() - timedelta(days=1), till.connection.pk
    rows = [
        WebhookEvent(
            provider_id=till.provider_id,
            connection_id=number_of,
            event_id=f"evt_{number}",
            kind="x",
            topic="none",
            body=b"x" * 100,
            body_hash=b"",
            created_at=at,
            received_at=at,
            state=EventState.IGNORED,
        )
        for number in range(count)
    ]
    with as_role("worker"), provider_scope(till.provider_id):
        WebhookEvent.objects.bulk_create(rows)
    with as_role("owner"), connection.cursor() as cursor:
        cursor.execute("ANALYZE payments_webhook_event")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("indexes", "ask"),
    [
        (["mode"], lambda number: endpoints_of_other_mode(number, since=now())),
        (["unheard", "heard"], lambda number: silent_endpoints(number, now=now())),
    ],
)
def test_what_is_rare_among_events_is_read_from_an_index(
    till: Till, indexes: list[str], ask: Callable[[int], list[object]]
) -> None:
    delivered(till, 2000)
    with (
        as_role("app"),
        provider_scope(till.provider_id),
        connection.cursor() as cursor,
    ):
        with CaptureQueriesContext(connection) as queries:
            assert ask(till.provider_id) == []
        (sql,) = (one["sql"] for one in queries if "payments_webhook_event" in one["sql"])
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert all(f"payments_webhook_event_{index} " in plan for index in indexes)
    assert "Seq Scan on payments_webhook_event" not in plan
