"""The pages of uploads: who may send files, what is refused at once, and what became of every row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.clock import now
from billing_platform.kernel.job_history import last_good_run
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.upload_samples import sample_file
from tests.full_disk import no_room_for_files
from tests.roles import as_role
from tests.usage.services.events import meter
from tests.usage.services.upload_files import event, figures, json_lines, read, see, upload
from usage.enums import UploadFormat, UploadState
from usage.models import UsageUpload
from usage.tasks import read_uploaded_file, sweep_uploads

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

pytestmark = pytest.mark.usefixtures("uploads_folder")
URL = "/provider/uploads/"
CONTENT = json_lines(event(1), event(1), event("=2", tenant="nobody"), "{broken", event(3))


def rung() -> list[tuple[str, dict[str, int]]]:
    """Take what was handed to the workers."""
    with current_app.connection_for_read() as line, line.SimpleQueue("celery") as queue:
        found = []
        while queue.qsize():
            message = queue.get(block=False)
            message.ack()
            found.append((message.headers["task"], message.payload[1]))
        return found


@pytest.fixture(autouse=True)
def nimbus(cast: Cast) -> int:
    """Return the provider, which meters calls; nothing was handed to the workers yet."""
    with as_role("worker"), provider_scope(cast.nimbus):
        meter(cast.nimbus)
    rung()
    return cast.nimbus


def send(
    as_person: AsPerson, content: bytes = CONTENT, person: str = "bill", **said: str
) -> HttpResponse:
    file = SimpleUploadedFile("../usage <1>.json", content)
    answer: Any = as_person(person).post(
        f"{URL}new", {"format": "cloudevents", "file": file, **said}
    )
    return answer  # type: ignore[no-any-return]  # of the test client


def work_off() -> None:
    """Do what was handed to the workers."""
    for _, kwargs in rung():
        with as_role("worker"):
            read_uploaded_file(**kwargs)


def body(answer: Any) -> str:
    chunks = getattr(answer, "streaming_content", None) or [answer.content]
    return b"".join(chunks).decode()


class TestUpload:
    @pytest.mark.parametrize("person", ["paula", "bill"])
    def test_a_file_is_stored_read_and_told_about(
        self, nimbus: int, as_person: AsPerson, person: str
    ) -> None:
        answer = send(as_person, person=person)
        ((task, kwargs),) = handed = rung()
        page = f"{URL}{kwargs['upload_id']}/"
        waiting = body(as_person("rita").get(page))
        with as_role("worker"):
            read_uploaded_file(**kwargs)
        done = body(as_person("rita").get(page))

        assert (task, len(handed)) == ("usage.read_uploaded_file", 1)
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
        # The page asks for itself while there is something to come, and then no more.
        assert 'hx-trigger="every 2s"' in waiting
        assert "Look again" in waiting
        assert "hx-trigger" not in done
        assert f"{person}@example.com" in done
        assert "usage &lt;1&gt;.json" in done
        assert "No client has this id." in done
        assert figures(see(nimbus, kwargs["upload_id"])) == {
            "accepted": 2,
            "duplicates": 1,
            "parked": 1,
            "rejected": 1,
        }

    @pytest.mark.parametrize("person", ["sue", "rita"])
    def test_who_posts_no_money_may_look_only(self, as_person: AsPerson, person: str) -> None:
        assert send(as_person, person=person).status_code == 403
        assert rung() == []
        assert "Upload a file" not in body(as_person(person).get(URL))
        assert as_person(person).get(f"{URL}new").status_code == 403

    def test_the_same_content_leads_to_the_first(self, nimbus: int, as_person: AsPerson) -> None:
        send(as_person)
        answer = send(as_person, person="paula")

        assert answer.status_code == 409
        assert "uploaded before" in body(answer)
        with provider_scope(nimbus):
            (first,) = UsageUpload.objects.all()
        assert f'href="{URL}{first.pk}/"' in body(answer)
        assert len(rung()) == 1

    def test_one_that_is_too_large_is_said_so_and_not_stored(
        self, as_person: AsPerson, uploads_folder: Path
    ) -> None:
        with override_settings(UPLOAD_MAX_BYTES=len(CONTENT) - 1):
            answer = send(as_person)
        with override_settings(UPLOAD_MAX_BYTES=len(CONTENT)):
            accepted = send(as_person)

        assert answer.status_code == 422
        assert "is larger than" in body(answer)
        assert "Choose a file first" not in body(answer)
        assert accepted.status_code == 302
        assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 1

    def test_a_full_disk_is_told_and_nothing_is_kept(
        self, nimbus: int, as_person: AsPerson, uploads_folder: Path
    ) -> None:
        content = json_lines(*[event(number) for number in range(800)])

        with no_room_for_files(64_000):
            answer = send(as_person, content)

        assert answer.status_code == 503
        assert "The file could not be stored." in body(answer)
        assert [path for path in uploads_folder.rglob("*") if path.is_file()] == []
        assert rung() == []
        assert send(as_person, content).status_code == 302

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"format": "xlsx"}, "Format"),
            ({"file": ""}, "Choose a file first."),
            ({"format": "asterisk", "columns": "start,-,src"}, "missing: billsec, disposition"),
            ({"columns": "start,billsec,disposition"}, "Only call records have this"),
        ],
    )
    def test_a_form_that_makes_no_sense_is_refused(
        self, as_person: AsPerson, said: dict[str, str], words: str
    ) -> None:
        answer = send(as_person, CONTENT, "bill", **said)

        assert answer.status_code == 422
        assert words in body(answer)
        assert rung() == []


class TestPages:
    def test_the_list_narrows_by_its_address(self, nimbus: int, as_person: AsPerson) -> None:
        with as_role("worker"):
            read(nimbus, CONTENT, name="march.json")
            read(nimbus, CONTENT + b"\n", UploadFormat.FOCUS, name="wrong.csv")
        client = as_person("rita")

        for query, names in (
            ("", {"march.json", "wrong.csv"}),
            ("?state=failed", {"wrong.csv"}),
            ("?format=cloudevents", {"march.json"}),
            ("?name=MARCH", {"march.json"}),
            ("?name=x%00&state=nonsense&before=0", set()),
        ):
            shown = body(client.get(f"{URL}{query}"))
            rows = list(csv.DictReader(io.StringIO(body(client.get(f"{URL[:-1]}.csv{query}")))))
            assert {name for name in ("march.json", "wrong.csv") if name in shown} == names
            assert {row["file"] for row in rows} == names
        assert "No match" in body(client.get(f"{URL}?name=zzz"))

    def test_it_takes_as_many_queries_for_one_as_for_many(
        self, nimbus: int, as_person: AsPerson
    ) -> None:
        client = as_person("rita")
        asked = []
        for contents in ([b"{}"], [b"{} %d" % number for number in range(5)]):
            with as_role("worker"):
                uploads = [upload(nimbus, content) for content in contents]
            client.get(URL)
            with CaptureQueriesContext(connection) as queries:
                shown = body(client.get(URL))
            asked.append(len(queries))
            assert all(f"{URL}{number}/" in shown for number in uploads)

        assert asked[0] == asked[1]

    def test_none_yet_offers_a_sample_of_each_format(self, as_person: AsPerson) -> None:
        page = body(as_person("paula").get(URL))

        assert "No upload yet" in page
        assert all(f"{URL}samples/{each}" in page for each in UploadFormat.values)

    @pytest.mark.parametrize("upload_format", UploadFormat)
    def test_a_sample_can_be_read_and_counts_nothing(
        self, nimbus: int, as_person: AsPerson, upload_format: UploadFormat
    ) -> None:
        answer = as_person("rita").get(f"{URL}samples/{upload_format}")
        source = {"source": "asterisk"} if upload_format == UploadFormat.ASTERISK else {}
        with as_role("worker"):
            view = read(nimbus, answer.content, upload_format, **source)

        assert body(answer) == sample_file(upload_format, now())[1]
        assert "attachment" in answer.headers["Content-Disposition"]
        assert set(figures(view)) == {"parked"}
        assert as_person("rita").get(f"{URL}samples/xlsx").status_code == 404

    def test_another_providers_upload_is_not_there(self, cast: Cast, as_person: AsPerson) -> None:
        with as_role("worker"):
            theirs = read(cast.sonora, CONTENT, name="theirs.json").number
        client = as_person("paula")

        assert "theirs.json" not in body(client.get(URL)) + body(client.get(f"{URL[:-1]}.csv"))
        for path in ("", "rows.csv"):
            assert client.get(f"{URL}{theirs}/{path}").status_code == 404
        for path in ("cancel", "again"):
            assert client.post(f"{URL}{theirs}/{path}").status_code == 404

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"PK\x03\x04", "is packed"),
            (b"a;b\n1;2\n", "is no JSON"),
            (b'[{"id": "1"},', "breaks off at item 2"),
        ],
    )
    def test_a_failure_is_said_in_plain_words(
        self, as_person: AsPerson, content: bytes, words: str
    ) -> None:
        page = send(as_person, content).headers["Location"]
        work_off()

        shown = body(as_person("bill").get(page))
        assert words in shown
        assert "Read again" not in shown  # it would say the same


class TestErrorFile:
    def test_it_holds_every_row_that_was_not_accepted(self, as_person: AsPerson) -> None:
        page = send(as_person).headers["Location"]
        work_off()

        answer = as_person("rita").get(f"{page}rows.csv")
        rows = list(csv.DictReader(io.StringIO(body(answer))))

        assert answer.streaming
        assert [(row["row"], row["event_id"], row["verdict"], row["reason"]) for row in rows] == [
            ("2", "e-1", "duplicate", ""),
            ("3", "e-=2", "parked", "unknown_tenant"),
            ("4", "", "rejected", "invalid_event"),
        ]
        assert all(row["meaning"] and row["what_to_do"] for row in rows)

    def test_no_cell_is_a_formula(self, as_person: AsPerson) -> None:
        formula = "=HYPERLINK(1)"
        content = json_lines({**event(1), "id": formula, "tenant": "nobody"})
        page = send(as_person, content).headers["Location"]
        work_off()

        (row,) = csv.DictReader(io.StringIO(body(as_person("rita").get(f"{page}rows.csv"))))

        assert row["event_id"] == f"'{formula}"


class TestCancelAndAgain:
    def test_a_reading_is_stopped_and_begun_anew(self, nimbus: int, as_person: AsPerson) -> None:
        page = send(as_person).headers["Location"]
        client = as_person("bill")
        stopped = body(client.post(f"{page}cancel", follow=True))
        ended = body(client.post(f"{page}cancel", follow=True))
        first = rung()
        newer = client.post(f"{page}again").headers["Location"]
        twice = client.post(f"{page}again").headers["Location"]
        work_off()

        assert "The reading is stopped" in stopped
        assert "had ended already" in ended
        assert newer == twice != page
        with as_role("worker"):
            read_uploaded_file(**first[0][1])
        with provider_scope(nimbus):
            states = dict(UsageUpload.objects.values_list("attempt", "state"))
        assert states == {1: UploadState.CANCELLED, 2: UploadState.DONE}

    @pytest.mark.parametrize("person", ["sue", "rita"])
    @pytest.mark.parametrize("path", ["cancel", "again"])
    def test_who_posts_no_money_may_neither(
        self, as_person: AsPerson, person: str, path: str
    ) -> None:
        page = send(as_person).headers["Location"]

        assert as_person(person).post(f"{page}{path}").status_code == 403
        assert f'action="{page}{path}"' not in body(as_person(person).get(page))

    def test_one_under_way_is_not_read_again(self, as_person: AsPerson) -> None:
        page = send(as_person).headers["Location"]

        assert "is being read" in body(as_person("bill").post(f"{page}again", follow=True))


class TestSweep:
    def test_it_rings_for_what_nobody_reads_and_leaves_a_heartbeat(
        self, nimbus: int, as_person: AsPerson
    ) -> None:
        send(as_person)
        lost = rung()
        with as_role("worker"):
            sweep_uploads()
        again = rung()
        with as_role("worker"):
            read_uploaded_file(**again[0][1])
            sweep_uploads()

        assert lost == again
        assert rung() == []
        with as_role("worker"):
            run = last_good_run(job="sweep_uploads")
        assert run is not None
        assert run.counts == {"uploads": 0}
        assert "usage.sweep_uploads" in {entry["task"] for entry in SCHEDULE.values()}
        assert "sweep_uploads" in HEARTBEATS
