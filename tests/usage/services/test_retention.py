"""What users are counted by is kept as long as a change of prices may count them anew, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.registry import INGESTION_PAYLOAD_DAYS
from tenants.services.settings import set_setting
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest
from tests.usage.services.test_ingested_totals import archive_october, sell, totals
from usage.errors import ErasedUsageError
from usage.models import Event
from usage.services.overrides import set_override
from usage.services.retention import erase_payloads

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cast import Cast

OCTOBER = datetime(2026, 10, 30, 9, tzinfo=UTC)
NIGHT = NOW + timedelta(days=20)
COUNTED = [
    {"identity": "sip"},
    {
        "identity_property": "user",
        "filters": [{"property": "user_class", "values": ["mobile"]}],
    },
]


@pytest.fixture(params=COUNTED, ids=["subject", "property"])
def counted(cast: Cast, request: pytest.FixtureRequest) -> Cast:
    """Count two users in October and one in November, and keep payloads for 35 days only."""
    with provider_scope(cast.nimbus):
        sell(cast, aggregation="unique", **request.param)
        set_setting(provider_id=cast.nimbus, name=INGESTION_PAYLOAD_DAYS.name, value=35, now=NOW)
        old = {"time": OCTOBER.isoformat()}
        ingest(cast.nimbus, seen(1, "anna", **old), seen(2, "bob", **old), seen(3, "anna"))
        assert totals() == [(10, Decimal(2)), (11, Decimal(1))]
    return cast


def seen(number: int, name: str, **changes: Any) -> dict[str, Any]:
    data = {"user": name, "user_class": "mobile"}
    return cloud_event(number, subject=f"sip:{name}@x.org", data=data, **changes)


def erase(cast: Cast) -> int:
    with as_role("worker"):
        return erase_payloads(provider_id=cast.nimbus, now=NIGHT).events


def agree(cast: Cast, since: datetime) -> None:
    """Let the client pay another price from an hour on."""
    with provider_scope(cast.nimbus):
        ((price_id,),) = fetch_all("SELECT id FROM usage_price WHERE tenant_id = 0")
        set_override(
            provider_id=cast.nimbus,
            tenant_id=cast.acme,
            price_id=price_id,
            figures={"unit": "2"},
            valid_from=since,
            now=NOW,
        )


def erased_behind(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
    """Run a statement, and behind the one that clears the counts erase what they were counted by, as a batch would."""
    found = execute(sql, *more)
    if "DELETE FROM usage_unique" in sql:
        execute("UPDATE usage_event SET properties = NULL, subject = ''", None, *more[1:])
    return found


def close_october(cast: Cast) -> None:
    with provider_scope(cast.nimbus):
        archive_october()


class TestErasePayloads:
    def test_users_of_an_open_period_can_be_counted_anew(self, counted: Cast) -> None:
        assert erase(counted) == 0

        agree(counted, NOW.replace(minute=0))

        with provider_scope(counted.nimbus):
            assert totals() == [(10, Decimal(2)), (11, Decimal(1))]

    def test_once_it_is_closed_they_go(self, counted: Cast) -> None:
        close_october(counted)

        assert erase(counted) == 2
        with provider_scope(counted.nimbus):
            assert Event.objects.filter(subject="", properties__isnull=True).count() == 2
        agree(counted, NOW.replace(minute=0))

    def test_what_is_erased_is_never_counted_as_nothing(self, counted: Cast) -> None:
        close_october(counted)
        erase(counted)

        with pytest.raises(ErasedUsageError):
            agree(counted, OCTOBER)

        with provider_scope(counted.nimbus):
            assert fetch_all("SELECT count(*) FROM usage_unique") == [(3,)]
            assert fetch_all("SELECT count(*) FROM usage_price_override") == [(0,)]

    def test_late_usage_of_its_time_leaves_a_change_of_today_possible(self, counted: Cast) -> None:
        close_october(counted)
        erase(counted)
        with provider_scope(counted.nimbus):
            ingest(counted.nimbus, seen(4, "carl", time=OCTOBER.isoformat()))
            assert totals() == [(10, Decimal(3)), (11, Decimal(1))]

        agree(counted, NOW.replace(minute=0))

        with provider_scope(counted.nimbus):
            assert totals() == [(10, Decimal(3)), (11, Decimal(1))]

    def test_nor_is_what_goes_while_it_is_counted(self, counted: Cast) -> None:
        close_october(counted)

        with connection.execute_wrapper(erased_behind), pytest.raises(ErasedUsageError):
            agree(counted, OCTOBER)

        with provider_scope(counted.nimbus):
            assert fetch_all("SELECT count(*) FROM usage_unique") == [(3,)]

    def test_other_usage_of_an_open_period_goes_in_time(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            sell(cast)
            set_setting(
                provider_id=cast.nimbus, name=INGESTION_PAYLOAD_DAYS.name, value=35, now=NOW
            )
            ingest(cast.nimbus, cloud_event(1, time=OCTOBER.isoformat()))

        assert erase(cast) == 1
