"""Parked events are counted once, as soon as tenant and meter are known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import system_scope
from tenants.services.tenants import create_tenant
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest, meter, verdicts
from usage.models import Event, ParkedEvent, UsageHour
from usage.selectors.parked import (
    ParkedQuery,
    count_parked,
    list_parked,
    providers_with_parked_events,
)
from usage.services.parking import ReplayReport, replay_parked
from usage.services.retention import erase_payloads

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_nimbus")

LATER = NOW + timedelta(days=60)


class TestReplayParked:
    def test_a_new_tenant_brings_its_events_in(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1, tenant="newcomer", subject="sip:x"))
        create_tenant(provider_id=cast.nimbus, external_id="newcomer", name="N", now=NOW)

        report = replay_parked(provider_id=cast.nimbus, now=LATER)

        assert report == ReplayReport(counted=1, refused=0)
        assert UsageHour.objects.get(meter_id=calls).quantity == Decimal("1.5")
        assert Event.objects.get().subject == "sip:x"
        assert count_parked(cast.nimbus) == {}

    def test_a_new_meter_brings_its_events_in(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1))
        calls = meter(cast.nimbus)

        replay_parked(provider_id=cast.nimbus, now=LATER)

        assert UsageHour.objects.get(meter_id=calls).quantity == Decimal("1.5")

    def test_it_counts_once(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1))
        calls = meter(cast.nimbus)
        replay_parked(provider_id=cast.nimbus, now=LATER)

        again = replay_parked(provider_id=cast.nimbus, now=LATER)

        assert again == ReplayReport(0, 0)
        assert UsageHour.objects.get(meter_id=calls).quantity == Decimal("1.5")
        assert verdicts(ingest(cast.nimbus, cloud_event(1))) == ["duplicate"]

    def test_what_is_still_unknown_waits_on(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, tenant="nobody"), cloud_event(2, type="fax"))
        meter(cast.nimbus)

        assert replay_parked(provider_id=cast.nimbus, now=LATER) == ReplayReport(0, 0)
        assert count_parked(cast.nimbus) == {"unknown_meter": 1, "unknown_tenant": 1}

    def test_what_the_meter_refuses_is_kept_with_the_reason(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, data={"quantity": "-1"}))
        meter(cast.nimbus)

        report = replay_parked(provider_id=cast.nimbus, now=LATER)

        assert report == ReplayReport(counted=0, refused=1)
        (row,) = list_parked(cast.nimbus, ParkedQuery(refused=True))
        assert (row.event_id, row.refused_reason) == ("e-1", "negative")
        assert list_parked(cast.nimbus) == []

    def test_the_sweep_finds_the_providers_concerned(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1))

        with as_role("worker"), system_scope():
            assert providers_with_parked_events() == [cast.nimbus]


class TestErasePayloads:
    def test_old_events_lose_what_is_personal(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1, subject="sip:anna"), cloud_event(2, tenant="nobody"))

        with as_role("worker"):
            early = erase_payloads(provider_id=cast.nimbus, now=NOW + timedelta(days=399))
            late = erase_payloads(provider_id=cast.nimbus, now=NOW + timedelta(days=401))

        assert (early.events, early.parked) == (0, 0)
        assert (late.events, late.parked) == (1, 1)
        event = Event.objects.get()
        assert (event.subject, event.properties, event.quantity) == ("", None, Decimal("1.5"))
        assert UsageHour.objects.get(meter_id=calls).quantity == Decimal("1.5")
        parked = ParkedEvent.objects.get()
        assert (parked.payload, parked.refused_reason) == ({}, "too_late")
        assert verdicts(ingest(cast.nimbus, cloud_event(1, subject="sip:anna"))) == ["duplicate"]
