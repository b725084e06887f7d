"""Phone systems: which way calls go and whose they are, changed on pages and tried on a row before they count."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.portal.views.test_calls import sell_calls
from tests.roles import as_role
from tests.usage.importers.asterisk_file import COLUMNS, call
from usage.importers.asterisk import CallReader
from usage.importers.asterisk_mapping import read_mapping
from usage.models import CallMapping
from usage.selectors.call_mapping import call_mapping
from usage.selectors.phone_systems import list_folders
from usage.services.call_folders import watch_folder
from usage.services.call_mapping import store_call_mapping
from usage.services.ingestion import ingest_events
from usage.services.parking import replay_parked

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/calls/systems/"
MAPPING = {
    "directions": [
        {"direction": "inbound", "context": "from-trunk*"},
        {"direction": "outbound", "dstchannel": "PJSIP/carrier-*"},
    ],
    "numbers": {"+49 30 100": "acme"},
}
INBOUND = {
    "accountcode": "",
    "dcontext": "from-trunk",
    "src": "+4940999",
    "channel": "PJSIP/in-0000000a",
}


@pytest.fixture
def url(world: World) -> str:
    """Return the page of Nimbus's phone system, whose calls are sold by the second."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        sell_calls(world)
        mapping = read_mapping(MAPPING)
        store_call_mapping(
            provider_id=world.cast.nimbus, source="asterisk", mapping=mapping, now=NOW
        )
        system = CallMapping.objects.get(provider_id=world.cast.nimbus)
    return f"{URL}{system.pk}/"


def row(**changes: object) -> str:
    start = (NOW - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    return call(COLUMNS, **{"start": start, "billsec": 61, **changes})


def read_in(world: World, *lines: str) -> None:
    """Take rows in, as an import does."""
    nimbus = world.cast.nimbus
    with as_role("worker"), provider_scope(nimbus):
        reader = CallReader(call_mapping(nimbus, "asterisk"))
        ingest_events(provider_id=nimbus, events=list(reader.read(lines)), now=NOW)  # type: ignore[arg-type]  # all good


def mapping_of(world: World) -> dict[str, object]:
    with provider_scope(world.cast.nimbus):
        found = call_mapping(world.cast.nimbus, "asterisk")
    return {"rules": [rule.context for rule in found.rules], "lines": dict(found.lines)}


def folders_of(world: World) -> list[tuple[str, str, bool]]:
    with provider_scope(world.cast.nimbus):
        folders = list_folders(world.cast.nimbus)
    return [(row.path, row.pattern, row.is_active) for row in folders]


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


class TestRules:
    def test_are_added_changed_moved_and_removed(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")

        bill.post(f"{url}rule", {"direction": "internal", "context": "*-internal"})
        self.send(bill, url, "raise", place=2)
        page = bill.get(f"{url}rule", {"place": "0"})
        was = {f"was_{name}": text for name, text in page.context["was"].items()}
        bill.post(f"{url}rule?place=0", {"direction": "inbound", "context": "from-did", **was})

        assert mapping_of(world)["rules"] == ["from-did", "*-internal", "*"]
        self.send(bill, url, "remove", place=0)
        assert mapping_of(world)["rules"] == ["*-internal", "*"]

    def test_that_somebody_changed_meanwhile_stay(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        stale = {"place": "0", "was_direction": "outbound", "was_context": "old"}

        for action in ("remove", "raise"):
            answer = bill.post(f"{url}rule/{action}", stale, follow=True)
            assert "Somebody changed the rules meanwhile" in said(answer)[-1]
        answer = bill.post(f"{url}rule?place=0", {**stale, "direction": "internal"})

        assert answer.status_code == 422
        assert "Somebody changed the rules meanwhile" in answer.content.decode()
        assert mapping_of(world)["rules"] == ["from-trunk*", "*"]

    @staticmethod
    def send(client: Client, url: str, action: str, *, place: int) -> None:
        rules = client.get(url).context["page"].rules
        was = {f"was_{name}": text for name, text in rules[place].rule._asdict().items()}
        client.post(f"{url}rule/{action}", {"place": str(place), **was})


class TestLines:
    def test_give_waiting_calls_to_their_client(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        read_in(world, row(**INBOUND, dst="+49 30 200"), row(**INBOUND, dst="+4930200", sequence=8))
        bill = as_person("bill")

        (waiting,) = bill.get(url).context["page"].waiting
        form = bill.get(waiting.add_url)
        answer = bill.post(
            f"{url}line", {**form.context["form"].initial, "tenant": "globex"}, follow=True
        )

        assert (waiting.line.kind, waiting.line.value, waiting.line.calls) == (
            "number",
            "4930200",
            2,
        )
        assert "counted within a minute" in said(answer)[-1]
        with as_role("worker"):
            assert replay_parked(provider_id=world.cast.nimbus, now=NOW).counted == 2
        page = bill.get(url).context["page"]
        assert page.waiting == []
        assert {(r.line.value, r.client) for r in page.lines} == {
            ("4930100", "Acme Canary-Acme"),
            ("4930200", "Globex Canary-Globex"),
        }

    def test_are_changed_searched_and_removed(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        lines = {("number", "4930100"): "nobody", ("trunk", "PJSIP/acme"): "acme"}

        answer = bill.post(
            f"{url}line",
            {"kind": "number", "value": "0049 30 100", "tenant": "nobody"},
            follow=True,
        )
        bill.post(f"{url}line", {"kind": "trunk", "value": "PJSIP/acme", "tenant": "acme"})

        assert "there is no client nobody yet" in said(answer)[-1]
        assert mapping_of(world)["lines"] == lines
        (found,) = bill.get(url, {"q": "30 10"}).context["page"].lines
        assert [r.line.tenant for r in bill.get(url, {"q": "acme"}).context["page"].lines] == [
            "acme"
        ]
        bill.post(f"{url}line/remove", {"line": found.line.id})
        again = bill.post(f"{url}line/remove", {"line": found.line.id}, follow=True)
        assert "removed already" in said(again)[-1]
        assert mapping_of(world)["lines"] == {("trunk", "PJSIP/acme"): "acme"}

    def test_take_as_many_queries_for_many(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        numbers = {f"+49 40 {n}": ("acme", "globex", "nobody")[n % 3] for n in range(60)}
        with as_role("worker"), provider_scope(world.cast.nimbus):
            mapping = read_mapping({**MAPPING, "numbers": numbers})
            store_call_mapping(
                provider_id=world.cast.nimbus, source="asterisk", mapping=mapping, now=NOW
            )
        with CaptureQueriesContext(connection) as many:
            page = client.get(url).context["page"]

        assert len(many) == len(few)
        assert len(client.get(page.next_url.partition("#")[0]).context["page"].lines) == 10


class TestTrial:
    def test_says_what_a_row_counts_and_why_and_counts_nothing(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        answer = as_person("rita").post(f"{url}try", {"row": row(**INBOUND, dst="+49 30 100")})

        body = answer.content.decode()
        for words in (
            "This call would be counted.",
            "Inbound</strong>, because rule 1 is the first that it meets: context from-trunk*",
            "acme</strong>, because of the number 4930100",
            "seconds · Talk",
        ):
            assert words in body, words
        with provider_scope(world.cast.nimbus):
            assert fetch_all("SELECT 1 FROM usage_event") == []

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"disposition": "BUSY"}, "its disposition is BUSY and not ANSWERED"),
            ({"dcontext": "x", "dstchannel": "y"}, "it meets no rule of direction"),
            ({"start": "noon"}, "its time cannot be read"),
            ({**INBOUND, "dst": "+4930999"}, "nobody has its line yet"),
        ],
    )
    def test_says_why_a_row_is_no_usage(
        self, world: World, url: str, as_person: AsPerson, changes: dict[str, str], words: str
    ) -> None:
        answer = as_person("sue").post(f"{url}try", {"row": row(**changes)})

        assert words in answer.content.decode()

    def test_refuses_what_is_no_row(self, world: World, url: str, as_person: AsPerson) -> None:
        client = as_person("sue")

        two = client.post(f"{url}try", {"row": row() + row()})
        columns = client.post(f"{url}try", {"row": row(), "columns": "src,dst"})

        assert (two.status_code, columns.status_code) == (422, 422)
        assert "Try one row at a time." in two.content.decode()
        assert "No column start" in columns.content.decode()
        assert "cannot be read" in client.post(f"{url}try", {"row": "a,b"}).content.decode()


class TestSystems:
    def test_are_made_once_per_code(self, world: World, as_person: AsPerson) -> None:
        bill = as_person("bill")
        given = {"source": "berlin", "time_zone": "Europe/Berlin"}

        first = bill.post(f"{URL}new", given)
        second = bill.post(f"{URL}new", given)
        zone = bill.post(f"{first.headers['Location']}zone", {"time_zone": "Europe/Nowhere"})

        assert first.status_code == 302
        assert "There is a phone system of this code." in second.content.decode()
        assert "There is no time zone Europe/Nowhere." in zone.content.decode()
        assert 'value="Europe/Nowhere"' in zone.content.decode()

    def test_of_another_provider_are_not_there(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        oskar = as_person("oskar")

        assert "No phone system yet" in oskar.get(URL).content.decode()
        for end in ("", "try", "rule", "line", "zone"):
            assert oskar.get(f"{url}{end}").status_code == 404
        assert oskar.post(f"{url}line/remove", {"line": "1"}).status_code == 404

    def test_are_changed_by_who_may(self, world: World, url: str, as_person: AsPerson) -> None:
        for person in ("rita", "sue"):
            client = as_person(person)
            assert "Add a rule" not in client.get(url).content.decode()
            for end in ("rule", "line", "zone", "rule/remove", "rule/raise", "line/remove"):
                assert client.post(f"{url}{end}").status_code == 403
        assert as_person("alice").get(url).status_code == 403


class TestFolders:
    def test_are_watched_beneath_the_provider_s_own_only(
        self, world: World, url: str, as_person: AsPerson, tmp_path: Path
    ) -> None:
        (tmp_path / "nimbus").mkdir()
        (tmp_path / "sonora").mkdir()
        (tmp_path / "nimbus" / "link").symlink_to(tmp_path / "sonora")
        bill = as_person("bill")
        given = {"pattern": "Master.csv*", "source": "asterisk"}

        with override_settings(CALL_FOLDERS_ROOT=str(tmp_path)):
            for name in ("../sonora", "/etc", "link", "a/../../sonora", "."):
                answer = bill.post("/provider/calls/folders/new", {**given, "name": name})
                assert "This folder is not beneath your own." in answer.content.decode(), name
            for pattern in ("../*", "a/b", "..", "**"):
                wrong = {**given, "name": "berlin", "pattern": pattern}
                assert bill.post("/provider/calls/folders/new", wrong).status_code == 422
            assert (
                bill.post("/provider/calls/folders/new", {**given, "name": "berlin"}).status_code
                == 302
            )

        (folder,) = folders_of(world)
        assert folder == (str(tmp_path / "nimbus" / "berlin"), "Master.csv*", True)

    def test_cannot_be_named_where_operators_chose_none(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        given = {"name": "berlin", "pattern": "Master.csv*", "source": "asterisk"}

        answer = as_person("paula").post("/provider/calls/folders/new", given)

        assert "This folder is not beneath your own." in answer.content.decode()
        assert "named by the operators" in as_person("paula").get(URL).content.decode()

    def test_of_the_operators_are_changed_and_left_alone(
        self, world: World, url: str, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            folder_id = watch_folder(
                provider_id=world.cast.nimbus,
                path=Path("/pbx"),
                pattern="Master.csv*",
                columns="",
                source="asterisk",
                now=NOW,
            )
        bill, place = as_person("bill"), f"/provider/calls/folders/{folder_id}/"

        wrong = bill.post(place, {"pattern": "*.csv", "source": "asterisk", "columns": "src"})
        bill.post(place, {"pattern": "*.csv", "source": "asterisk"})
        bill.post(f"{place}switch", {"watch": "0"})

        assert "No column start" in wrong.content.decode()
        assert folders_of(world) == [("/pbx", "*.csv", False)]
        bill.post(f"{place}switch", {"watch": "1"})
        assert folders_of(world) == [("/pbx", "*.csv", True)]
        assert as_person("sue").post(f"{place}switch").status_code == 403
        assert as_person("oskar").post(f"{place}switch").status_code == 404
