"""The page of events that were not counted: three lists with filters, the replay, tries, dismissals and files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.refusal_words import REFUSAL_REASONS
from tenants.registry import INGESTION_LATE_DAYS
from tenants.services.settings import set_setting
from tenants.services.tenants import create_tenant
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest, meter
from usage.intake.verdicts import ACCEPTED_REASONS as ACCEPTED
from usage.intake.verdicts import PARKING_REASONS as PARKED
from usage.intake.verdicts import Reason
from usage.models import RefusedEvent
from usage.selectors.parked import count_parked
from usage.selectors.refused import count_refused

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/events/"
REJECTED = f"{URL}?tab=rejected"
CONFLICTS = f"{URL}?tab=conflicts"
LATE = 60 * 24 * 60


@pytest.fixture
def parked(cast: Cast) -> Cast:
    """Park an event of an unknown client and one that no meter counts."""
    with as_role("worker"), provider_scope(cast.nimbus):
        meter(cast.nimbus)
        ingest(
            cast.nimbus,
            cloud_event(1, tenant="newcomer"),
            cloud_event(2, tenant="acme", type="fax"),
        )
    return cast


@pytest.fixture
def refused(cast: Cast) -> Cast:
    """Reject an event that is too old, one with a formula for an id, and one without an id; and let one conflict."""
    with as_role("worker"), provider_scope(cast.nimbus):
        meter(cast.nimbus)
        ingest(
            cast.nimbus,
            cloud_event("old", minutes_ago=LATE),
            cloud_event(1, id="=1+1", tenant="globex", data={"quantity": "much"}),
            cloud_event(1, id=None, type="fax"),
            cloud_event(5),
            cloud_event(5, subject="sip:anna", data={"quantity": "7"}),
        )
    return cast


def waiting(cast: Cast) -> dict[str, int]:
    with provider_scope(cast.nimbus):
        return count_parked(cast.nimbus)


def open_ones(cast: Cast) -> dict[tuple[str, str], int]:
    with provider_scope(cast.nimbus):
        return count_refused(cast.nimbus)


def number_of(cast: Cast, event_id: str) -> int:
    with provider_scope(cast.nimbus):
        return RefusedEvent.objects.get(event_id=event_id).pk


def widen(cast: Cast) -> None:
    with as_role("worker"), provider_scope(cast.nimbus):
        set_setting(provider_id=cast.nimbus, name=INGESTION_LATE_DAYS.name, value=90, now=NOW)


def body_of(client: Client, url: str) -> str:
    return client.get(url).content.decode()


class TestParked:
    def test_say_why_each_waits(self, parked: Cast, as_person: AsPerson) -> None:
        body = body_of(as_person("rita"), URL)

        assert "newcomer" in body
        assert "No client has this id" in body
        assert "fax" in body

    @pytest.mark.parametrize(
        ("query", "shown", "hidden"),
        [
            ("reason=unknown_meter", "e-2", "e-1"),
            ("type=call", "e-1", "e-2"),
            ("client=newcomer", "e-1", "e-2"),
            ("day=2026-11-20", "e-1", "e-3"),
        ],
    )
    def test_are_filtered(
        self, parked: Cast, as_person: AsPerson, query: str, shown: str, hidden: str
    ) -> None:
        body = body_of(as_person("paula"), f"{URL}?{query}")

        assert f">{shown}<" in body
        assert f">{hidden}<" not in body

    @pytest.mark.parametrize(
        "query",
        [
            "reason=nonsense",
            "after=-1",
            "after=²",
            "after=999999999",
            "tab=x",
            "day=2026-02-31",
            "tab=rejected&tried=now",
            "tab=rejected&client=%00",
            "tab=conflicts&day=0001-01-01",
        ],
    )
    def test_a_strange_address_shows_all_or_none(
        self, parked: Cast, as_person: AsPerson, query: str
    ) -> None:
        assert as_person("paula").get(f"{URL}?{query}").status_code == 200

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("", "Nothing waits"),
            ("?done=1", "Nothing was refused"),
            ("?tab=rejected", "Nothing is rejected"),
            ("?tab=rejected&done=1", "Nothing was done yet"),
            ("?tab=conflicts", "Nothing conflicts"),
            ("?client=x", "No match"),
        ],
    )
    def test_nothing_there_says_so(
        self, cast: Cast, as_person: AsPerson, query: str, words: str
    ) -> None:
        assert words in body_of(as_person("paula"), f"{URL}{query}")

    def test_pages_follow_each_other(
        self, parked: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing_platform.portal.pages.events_filter.USUAL_SIZE", 1)
        client = as_person("paula")

        first = client.get(URL).context["page"]

        following = client.get(first.older_url).context["page"]
        shown = [line.type for page in (first, following) for line in page.lines]
        assert sorted(shown) == ["call", "fax"]
        assert following.older_url == ""


class TestReplay:
    def test_counts_what_can_be_counted_by_now(self, parked: Cast, as_person: AsPerson) -> None:
        with as_role("worker"), provider_scope(parked.nimbus):
            create_tenant(provider_id=parked.nimbus, external_id="newcomer", name="N", now=NOW)

        answer = as_person("sue").post(f"{URL}replay", follow=True)

        assert "1 counted, 0 refused." in answer.content.decode()
        assert waiting(parked) == {"unknown_meter": 1}

    def test_changes_nothing_while_all_is_missing(self, parked: Cast, as_person: AsPerson) -> None:
        answer = as_person("paula").post(f"{URL}replay", follow=True)

        assert "still missing" in answer.content.decode()
        assert waiting(parked) == {"unknown_meter": 1, "unknown_tenant": 1}


class TestRefused:
    def test_say_why_and_how_many(self, refused: Cast, as_person: AsPerson) -> None:
        body = body_of(as_person("rita"), REJECTED)

        assert "Rejected: 3" in body
        assert "Conflicts: 1" in body
        assert "It is older than late events may be." in body
        assert "No readable id" in body
        assert "Try all again" not in body, "who only reads changes nothing"

    def test_are_filtered_by_reason_type_client_and_day(
        self, refused: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        for query, count in (
            ("reason=too_late", 1),
            ("type=fax", 1),
            ("client=globex", 1),
            ("day=2026-11-20", 3),
            ("day=2026-11-19", 0),
            ("client=globex&reason=too_late", 0),
        ):
            assert len(client.get(f"{REJECTED}&{query}").context["page"].lines) == count, query
        chip = 'class="chip" href="?tab=rejected&amp;reason=too_late">Received on: 20 Nov 2026 <'
        assert chip in body_of(client, f"{REJECTED}&reason=too_late&day=2026-11-20")

    def test_take_the_same_number_of_queries_for_many(
        self, refused: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        client.get(REJECTED)
        with CaptureQueriesContext(connection) as few:
            client.get(REJECTED)
        with as_role("worker"), provider_scope(refused.nimbus):
            ingest(refused.nimbus, *(cloud_event(n, time="never") for n in range(60)))

        with CaptureQueriesContext(connection) as many:
            page = client.get(REJECTED).context["page"]

        assert len(many) == len(few)
        assert (len(page.lines), bool(page.older_url)) == (50, True)

    def test_a_full_list_says_so(
        self, refused: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing_platform.portal.pages.events.KEPT_MAX", 3)

        assert "The list is full" in body_of(as_person("paula"), REJECTED)
        assert "The list is full" not in body_of(as_person("paula"), CONFLICTS)

    def test_the_dashboard_leads_there(self, refused: Cast, as_person: AsPerson) -> None:
        body = body_of(as_person("paula"), "/provider/")

        assert "3 events rejected" in body
        assert 'href="/provider/events/?tab=rejected"' in body
        assert 'href="/provider/events/?tab=conflicts"' in body

    def test_another_provider_sees_none_of_them(self, refused: Cast, as_person: AsPerson) -> None:
        client = as_person("oskar")
        for url in (REJECTED, CONFLICTS, f"{REJECTED}&done=1"):
            page = client.get(url).context["page"]
            assert page.lines == []
            assert "Rejected: 0" in [tab.label for tab in page.tabs]


class TestRetry:
    def test_shows_the_result_of_each(self, refused: Cast, as_person: AsPerson) -> None:
        widen(refused)

        answer = as_person("sue").post(f"{URL}retry?tab=rejected", follow=True)

        assert "3 tried again: 1 counted" in answer.content.decode()
        lines = {line.event_id: line for line in answer.context["page"].lines}
        assert {name: line.result for name, line in lines.items()} == {
            "e-old": "Counted",
            "=1+1": "Tried again, still refused",
            "": "Tried again, still refused",
        }
        assert lines["e-old"].by == "sue@example.com"
        assert len(open_ones(refused)) == 3

    def test_takes_what_the_filters_leave(self, refused: Cast, as_person: AsPerson) -> None:
        widen(refused)

        answer = as_person("bill").post(f"{URL}retry?tab=rejected&client=globex", follow=True)

        assert "It was refused again." in answer.content.decode()
        assert len(open_ones(refused)) == 4

    @pytest.mark.parametrize("query", ["tab=rejected&client=nobody", "tab=conflicts", ""])
    def test_nothing_to_try_says_so(self, refused: Cast, as_person: AsPerson, query: str) -> None:
        answer = as_person("paula").post(f"{URL}retry?{query}", follow=True)

        if query:
            assert "None of these can be tried again." in answer.content.decode()
        assert open_ones(refused)[("conflict", "same_id_other_content")] == 1


class TestDismiss:
    def test_takes_them_off_with_who_did_it(self, refused: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")

        answer = client.post(f"{URL}dismiss?tab=rejected&reason=too_late", follow=True)

        assert "1 event dismissed." in answer.content.decode()
        (line,) = client.get(f"{REJECTED}&done=1").context["page"].lines
        assert (line.event_id, line.result, line.by) == ("e-old", "Dismissed", "paula@example.com")

    def test_parked_ones_are_not_dismissed(self, parked: Cast, as_person: AsPerson) -> None:
        as_person("paula").post(f"{URL}dismiss")

        assert len(waiting(parked)) == 2


class TestRoles:
    @pytest.mark.parametrize(
        ("person", "status"), [("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    @pytest.mark.parametrize("action", ["replay", "retry?tab=rejected", "dismiss?tab=rejected"])
    def test_others_may_not(
        self, refused: Cast, as_person: AsPerson, person: str, status: int, action: str
    ) -> None:
        before = open_ones(refused)

        assert as_person(person).post(f"{URL}{action}").status_code == status
        assert open_ones(refused) == before


class TestEvent:
    def test_shows_what_was_sent_and_what_helps(self, refused: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")
        url = f"{URL}{number_of(refused, 'e-old')}/"

        body = body_of(client, url)

        assert "ingestion.late_days" in body
        assert "&quot;source&quot;: &quot;switch&quot;," in body
        assert f'action="{url}retry"' in body
        assert f'action="{url}retry"' not in body_of(as_person("rita"), url)

    def test_says_when_it_was_sent_again(self, refused: Cast, as_person: AsPerson) -> None:
        with as_role("worker"), provider_scope(refused.nimbus):
            ingest(refused.nimbus, cloud_event("old"))

        page = as_person("rita").get(f"{URL}{number_of(refused, 'e-old')}/").context["page"]

        assert "it was sent again" in page.advice

    def test_puts_what_counts_beside_a_conflict(self, refused: Cast, as_person: AsPerson) -> None:
        page = as_person("paula").get(f"{URL}{number_of(refused, 'e-5')}/").context["page"]

        found = {row.label: (row.accepted, row.sent, row.differs) for row in page.differences}
        assert found["quantity"] == ("1.5", "7", True)
        assert found["Subject"] == ("", "sip:anna", True)
        assert found["Client id"] == ("acme", "acme", False)
        assert not page.may_retry

    def test_is_tried_again_and_dismissed(self, refused: Cast, as_person: AsPerson) -> None:
        client, number = as_person("sue"), number_of(refused, "e-old")

        assert "refused again" in client.post(f"{URL}{number}/retry", follow=True).content.decode()
        assert "Dismissed." in client.post(f"{URL}{number}/dismiss", follow=True).content.decode()
        assert "already" in client.post(f"{URL}{number}/dismiss", follow=True).content.decode()
        widen(refused)
        assert "counted now" in client.post(f"{URL}{number}/retry", follow=True).content.decode()
        assert "cannot" in client.post(f"{URL}{number}/retry", follow=True).content.decode()

    def test_of_a_parked_one_says_what_it_waits_for(
        self, parked: Cast, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        (url,) = [line.url for line in client.get(URL).context["page"].lines if line.type == "fax"]

        body = body_of(client, url)

        assert "No meter counts this" in body
        assert "&quot;quantity&quot;: &quot;1.5&quot;" in body

    @pytest.mark.parametrize("path", ["0/", "99999999999999999999/", "parked/0/"])
    def test_there_is_no_other_one(self, cast: Cast, as_person: AsPerson, path: str) -> None:
        assert as_person("paula").get(f"{URL}{path}").status_code == 404


class TestCsv:
    def rows(self, client: Client, query: str) -> list[dict[str, str]]:
        text = b"".join(client.get(f"/provider/events.csv{query}")).decode()
        return list(csv.DictReader(text.splitlines()))

    def test_holds_each_list_as_text(self, refused: Cast, as_person: AsPerson) -> None:
        client = as_person("rita")

        rejected = self.rows(client, "?tab=rejected")
        assert sorted(row["event"] for row in rejected) == ["", "'=1+1", "e-old"]
        (formula,) = [row for row in rejected if row["reason"] == "invalid_quantity"]
        assert formula["event"] == "'=1+1"
        assert '"much"' in formula["sent"]
        assert [row["event"] for row in self.rows(client, "?tab=conflicts")] == ["e-5"]
        assert self.rows(client, "") == []

    def test_of_parked_ones_holds_all_batches(
        self, parked: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing_platform.portal.pages.events_csv._PARKED_BATCH", 1)

        rows = self.rows(as_person("rita"), "?day=2026-11-20")

        assert sorted(row["client"] for row in rows) == ["acme", "newcomer"]

    def test_of_another_provider_holds_none_of_them(
        self, refused: Cast, as_person: AsPerson
    ) -> None:
        assert self.rows(as_person("oskar"), "?tab=rejected") == []


def test_every_refusal_has_words() -> None:
    said = {reason.value for reason in Reason} - {reason.value for reason in PARKED | ACCEPTED}

    assert set(REFUSAL_REASONS) == said
