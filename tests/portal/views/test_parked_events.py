"""The page of parked events: why each waits, and the replay that counts what can be counted by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.services.tenants import create_tenant
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest, meter
from usage.selectors.parked import count_parked

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/events/"


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


def waiting(cast: Cast) -> dict[str, int]:
    with provider_scope(cast.nimbus):
        return count_parked(cast.nimbus)


class TestEvents:
    def test_say_why_each_waits(self, parked: Cast, as_person: AsPerson) -> None:
        body = as_person("rita").get(URL).content.decode()

        assert "newcomer" in body
        assert "No client has this id" in body
        assert "fax" in body

    def test_are_filtered_by_reason(self, parked: Cast, as_person: AsPerson) -> None:
        body = as_person("paula").get(f"{URL}?reason=unknown_meter").content.decode()

        assert "fax" in body
        assert "newcomer" not in body

    @pytest.mark.parametrize("query", ["reason=nonsense", "after=-1", "after=²", "after=9" * 9])
    def test_a_strange_address_shows_all_or_none(
        self, parked: Cast, as_person: AsPerson, query: str
    ) -> None:
        assert as_person("paula").get(f"{URL}?{query}").status_code == 200

    def test_nothing_waiting_says_so(self, cast: Cast, as_person: AsPerson) -> None:
        client = as_person("paula")

        assert "Nothing waits" in client.get(URL).content.decode()
        assert "Nothing was refused" in client.get(f"{URL}?refused=1").content.decode()

    def test_another_provider_sees_none_of_them(self, parked: Cast, as_person: AsPerson) -> None:
        body = as_person("oskar").get(URL, HTTP_HOST="sonora.localhost").content.decode()

        assert "newcomer" not in body

    def test_pages_follow_each_other(
        self, parked: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing_platform.portal.pages.parked_events.PAGE_SIZE", 1)
        client = as_person("paula")

        first = client.get(URL).context["page"]

        following = client.get(first.next_url).context["page"]
        shown = [line.row.event_type for page in (first, following) for line in page.lines]
        assert sorted(shown) == ["call", "fax"]
        assert following.next_url == ""


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

    @pytest.mark.parametrize(
        ("person", "status"), [("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_others_may_not(
        self, parked: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).post(f"{URL}replay").status_code == status
