"""An uploaded file is stored once, read batch by batch, and every row of it has exactly one verdict."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import execute, fetch_one
from billing_platform.kernel.scope import provider_scope
from tenants.services.settings import set_setting
from tests.roles import as_role
from tests.usage.importers.asterisk_file import BASE, call
from tests.usage.importers.focus_file import focus_file
from tests.usage.importers.focus_file import row as focus_row
from tests.usage.services.events import meter
from tests.usage.services.upload_files import (
    SOMEBODY,
    event,
    figures,
    json_lines,
    read,
    rows,
    see,
    upload,
)
from usage.enums import UploadFormat, UploadState
from usage.errors import AlreadyUploadedError, UnknownUploadError, UploadNotReadableError
from usage.models import UsageUpload
from usage.selectors.uploads import open_uploads
from usage.services.upload_reading import LEASE, STALLS_MAX, read_upload
from usage.services.upload_retention import erase_uploads
from usage.services.uploads import cancel_upload, read_again, upload_storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cast import Cast

ASTERISK, FOCUS = UploadFormat.ASTERISK, UploadFormat.FOCUS
CALLS = {"source": "asterisk"}


@pytest.fixture
def nimbus(cast: Cast, uploads_folder: Path) -> Iterator[int]:
    """Return a provider whose tenant Acme is metered, as worker."""
    with as_role("worker"):
        with provider_scope(cast.nimbus):
            meter(cast.nimbus)
        yield cast.nimbus


def packed(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("usage.json", content)
    return file.getvalue()


def counted() -> int:
    row = fetch_one("SELECT coalesce(sum(quantity), 0)::int FROM usage_hour")
    return int(row[0]) if row else 0


class TestReading:
    def test_every_row_has_one_verdict(self, nimbus: int) -> None:
        content = json_lines(
            event(1),
            event(1),
            event(1, subject="other"),
            '{"specversion": "1.0", "id": "half',
            "",
            event(2, tenant="nobody"),
            event(3, data={"quantity": "x"}),
            event(4),
        )

        view = read(nimbus, content)

        assert view.state == UploadState.DONE
        assert figures(view) == {
            "accepted": 2,
            "duplicates": 1,
            "conflicts": 1,
            "rejected": 2,
            "parked": 1,
        }
        assert (view.position, view.size) == (len(content), len(content))
        # The blank line is no row, and still has a number.
        assert rows(nimbus, view.number) == [
            (2, "e-1", "duplicate", ""),
            (3, "e-1", "conflict", "same_id_other_content"),
            (4, "", "rejected", "invalid_event"),
            (6, "e-2", "parked", "unknown_tenant"),
            (7, "e-3", "rejected", "invalid_quantity"),
        ]
        with provider_scope(nimbus):
            assert counted() == 2

    @pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_marks_and_ends_of_lines_do_not_matter(
        self, nimbus: int, begin: bytes, end: str
    ) -> None:
        lines = json_lines(event(1), event(2), end=end)
        array = f"[{json.dumps(event(3))},{end}{json.dumps(event(4))}]{end}".encode()
        calls = "".join([call(src="1"), call(src="2")]).replace("\n", end).encode()
        at = now().isoformat(sep=" ")[:19]
        focus = focus_file(focus_row(ChargePeriodStart=at)).replace("\r\n", end).encode()

        found = [
            figures(read(nimbus, begin + lines)),
            figures(read(nimbus, begin + array)),
            figures(read(nimbus, begin + calls, ASTERISK, **CALLS)),
            figures(read(nimbus, begin + focus, FOCUS)),
        ]

        # Both calls have one uniqueid and one channel: the second is another call under the same id.
        assert found == [
            {"accepted": 2},
            {"accepted": 2},
            {"conflicts": 1, "parked": 1},
            {"parked": 1},
        ]

    def test_a_column_order_by_hand_is_read(self, nimbus: int) -> None:
        columns = ("start", "billsec", "disposition", "accountcode", "uniqueid")
        content = (call(columns) + call(columns, disposition="NO ANSWER", uniqueid="2")).encode()

        view = read(nimbus, content, ASTERISK, columns=",".join(columns), **CALLS)

        assert figures(view) == {"parked": 1, "ignored": 1}

    def test_a_long_array_is_read_in_batches(self, nimbus: int) -> None:
        items = [event(number) for number in range(2_100)]

        view = read(nimbus, json.dumps([*items, 12345, "x"]).encode())

        assert figures(view) == {"accepted": 2_100, "rejected": 2}
        assert rows(nimbus, view.number)[0][0] == 2_101


class TestBadFiles:
    @pytest.mark.parametrize(
        ("content", "upload_format", "failure", "detail"),
        [
            (b"", UploadFormat.CLOUDEVENTS, "empty", ""),
            (b"\xef\xbb\xbf \r\n\n", UploadFormat.CLOUDEVENTS, "empty", ""),
            (b"[]", UploadFormat.CLOUDEVENTS, "empty", ""),
            (packed(b"{}"), UploadFormat.CLOUDEVENTS, "packed", ""),
            (gzip.compress(b"{}"), FOCUS, "packed", ""),
            ("{}".encode("utf-16"), UploadFormat.CLOUDEVENTS, "utf16", ""),
            (b"\x89PNG\r\n\x1a\n\x00\x00", ASTERISK, "not_text", ""),
            (b"Id,Price\n1,2\n", UploadFormat.CLOUDEVENTS, "not_cloudevents", ""),
            (b'[{"id": "1"}, {]', UploadFormat.CLOUDEVENTS, "broken_json", "2"),
            (b'[{"id": "1"}', UploadFormat.CLOUDEVENTS, "broken_json", "1"),
            (b'[{"id": "1"}] more', UploadFormat.CLOUDEVENTS, "broken_json", "1"),
            (b"Id,SubAccountId\n1,2\n", FOCUS, "missing_columns", "SubAccountName, SkuPriceId"),
            (json_lines({"id": "1"}), FOCUS, "missing_columns", "Id, SubAccountId"),
            (focus_file().encode(), FOCUS, "empty", ""),
            (b"a,b,c\n" * 200, ASTERISK, "not_calls", ""),
            (b"disposition,billsec\nANSWERED,1\n", ASTERISK, "missing_columns", "start"),
        ],
    )
    def test_each_ends_with_its_reason_and_counts_nothing(
        self, nimbus: int, content: bytes, upload_format: UploadFormat, failure: str, detail: str
    ) -> None:
        view = read(nimbus, content, upload_format, **(CALLS if upload_format == ASTERISK else {}))

        assert (view.state, view.failure) == (UploadState.FAILED, failure)
        assert view.failure_detail.startswith(detail)
        assert figures(view) == {}

    def test_nothing_is_counted_of_an_array_that_breaks_off_late(self, nimbus: int) -> None:
        items = ",".join(json.dumps(event(number)) for number in range(1_500))

        view = read(nimbus, f"[{items},".encode())

        assert (view.failure, view.failure_detail) == ("broken_json", "1501")
        with provider_scope(nimbus):
            assert counted() == 0

    def test_one_broken_line_spoils_only_itself(self, nimbus: int) -> None:
        content = json_lines(event(1), event(2), event(3)).replace(b"e-2", b"e-\xff\xfe")
        legs = [call((*BASE, "uniqueid"), uniqueid=f"176363280{n}.1") for n in range(3)]
        legs[1] = legs[1][:20] + "\n"

        assert figures(read(nimbus, content)) == {"accepted": 2, "rejected": 1}
        view = read(nimbus, "".join(legs).encode(), ASTERISK, **CALLS)
        assert figures(view) == {"parked": 2, "rejected": 1}
        assert rows(nimbus, view.number)[1][0] == 2

    def test_a_file_that_is_gone_says_so(self, nimbus: int) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            upload_storage().delete(UsageUpload.objects.get(pk=upload_id).stored_name)

        read_upload(provider_id=nimbus, upload_id=upload_id)

        assert see(nimbus, upload_id).failure == "gone"

    def test_a_file_that_workers_die_of_is_given_up(self, nimbus: int) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            past = now() - timedelta(seconds=1)
            UsageUpload.objects.update(state="reading", stalls=STALLS_MAX, lease_until=past)

        assert read_upload(provider_id=nimbus, upload_id=upload_id) is False
        assert see(nimbus, upload_id).failure == "stalled"


class TestSameContent:
    def test_it_is_taken_once(self, nimbus: int, uploads_folder: Path) -> None:
        first = upload(nimbus, json_lines(event(1)))

        with pytest.raises(AlreadyUploadedError) as refusal:
            upload(nimbus, json_lines(event(1)), name="other.json")

        assert refusal.value.upload_id == first
        assert len(list((uploads_folder / str(nimbus)).iterdir())) == 1

    def test_it_is_taken_again_when_nothing_was_read_of_it(self, nimbus: int) -> None:
        failed = read(nimbus, json_lines(event(1)), FOCUS)
        again = read(nimbus, json_lines(event(1)))

        assert (failed.state, again.state) == (UploadState.FAILED, UploadState.DONE)
        assert again.attempt == 2

    def test_another_provider_may_have_it_too(self, cast: Cast, nimbus: int) -> None:
        ours, theirs = (upload(each, json_lines(event(1))) for each in (nimbus, cast.sonora))

        assert ours != theirs
        with pytest.raises(UnknownUploadError):
            see(nimbus, theirs)
        assert read_upload(provider_id=nimbus, upload_id=theirs) is False


class TestReadAgain:
    def test_what_was_counted_is_a_duplicate_and_what_was_mended_counts(self, nimbus: int) -> None:
        first = read(nimbus, json_lines(event(1), event(2, data={"quantity": "x"})))
        with provider_scope(nimbus):
            second, twice = (
                read_again(provider_id=nimbus, upload_id=first.number, user_id=SOMEBODY, now=now())
                for _ in range(2)
            )
        read_upload(provider_id=nimbus, upload_id=second)

        assert second == twice
        assert figures(see(nimbus, second)) == {"duplicates": 1, "rejected": 1}

    def test_one_under_way_is_not(self, nimbus: int) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))

        with provider_scope(nimbus), pytest.raises(UploadNotReadableError):
            read_again(provider_id=nimbus, upload_id=upload_id, user_id=SOMEBODY, now=now())


class TestCancel:
    def test_nobody_reads_it_then(self, nimbus: int) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            stopped = [
                cancel_upload(provider_id=nimbus, upload_id=upload_id, now=now()) for _ in range(2)
            ]

        assert stopped == [True, False]
        assert read_upload(provider_id=nimbus, upload_id=upload_id) is False
        assert figures(see(nimbus, upload_id)) == {}

    def test_what_was_counted_before_stays(
        self, nimbus: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload_id = upload(nimbus, json_lines(*[event(number) for number in range(1_500)]))

        def stop(name: str) -> None:
            if name == "upload.kept":
                with provider_scope(nimbus):
                    cancel_upload(provider_id=nimbus, upload_id=upload_id, now=now())

        monkeypatch.setattr("usage.services.upload_reading.marker", stop)
        assert read_upload(provider_id=nimbus, upload_id=upload_id) is False

        view = see(nimbus, upload_id)
        assert (view.state, figures(view)) == (UploadState.CANCELLED, {"accepted": 1_000})


class TestLease:
    def test_one_worker_holds_it_until_its_lease_runs_out(
        self, nimbus: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload_id = upload(nimbus, json_lines(*[event(number) for number in range(1_500)]))
        others: list[object] = []

        def another(name: str) -> None:
            if name == "upload.kept" and not others:
                others.append("begun")  # what is read in here comes by here as well
                clocks = (now, lambda: now() + 2 * LEASE)
                others.extend(
                    read_upload(provider_id=nimbus, upload_id=upload_id, clock=clock)
                    for clock in clocks
                )

        monkeypatch.setattr("usage.services.upload_reading.marker", another)
        mine = read_upload(provider_id=nimbus, upload_id=upload_id)

        # The second takes over behind the first batch; what the first does after that counts no more.
        assert [*others, mine] == ["begun", False, True, False]
        assert figures(see(nimbus, upload_id)) == {"accepted": 1_500}

    def test_the_sweep_finds_what_nobody_holds(self, nimbus: int) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))
        at = now()
        with provider_scope(nimbus):
            assert open_uploads(at) == [(nimbus, upload_id)]
            UsageUpload.objects.update(state="reading", lease_until=at + LEASE)
            assert open_uploads(at) == []
            assert open_uploads(at + LEASE) == [(nimbus, upload_id)]


class TestRetention:
    def test_old_files_and_their_rows_go_and_the_counts_stay(
        self, nimbus: int, uploads_folder: Path
    ) -> None:
        view = read(nimbus, json_lines(event(1), event(1)))
        folder = uploads_folder / str(nimbus)

        young = erase_uploads(provider_id=nimbus, now=now() + timedelta(days=29))
        assert (young.uploads, len(list(folder.iterdir()))) == (0, 1)
        old = erase_uploads(provider_id=nimbus, now=now() + timedelta(days=31))

        assert (old.uploads, list(folder.iterdir())) == (1, [])
        assert rows(nimbus, view.number) == []
        assert figures(see(nimbus, view.number)) == {"accepted": 1, "duplicates": 1}
        # The content may come once more then.
        assert read(nimbus, json_lines(event(1), event(1))).attempt == 2

    def test_the_provider_says_when(self, nimbus: int) -> None:
        view = read(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            set_setting(provider_id=nimbus, name="ingestion.upload_days", value=5, now=now())

        erased = [
            erase_uploads(provider_id=nimbus, now=now() + timedelta(days=days)).uploads
            for days in (4, 6, 6)
        ]

        assert erased == [0, 1, 0]
        assert not see(nimbus, view.number).is_stored

    def test_a_file_that_is_still_to_be_read_stays(self, nimbus: int) -> None:
        first = read(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            second = read_again(
                provider_id=nimbus, upload_id=first.number, user_id=SOMEBODY, now=now()
            )

        erase_uploads(provider_id=nimbus, now=now() + timedelta(days=90))
        read_upload(provider_id=nimbus, upload_id=second)

        assert figures(see(nimbus, second)) == {"duplicates": 1}

    def test_a_file_that_no_upload_names_goes(self, nimbus: int, uploads_folder: Path) -> None:
        upload(nimbus, json_lines(event(1)))
        (uploads_folder / str(nimbus) / "stray").write_text("x")

        assert erase_uploads(provider_id=nimbus, now=now()).strays == 0
        assert erase_uploads(provider_id=nimbus, now=now() + timedelta(days=2)).strays == 1


class TestRefusals:
    @pytest.mark.parametrize(
        "change",
        [
            "accepted = 1",
            "state = 'done', finished_at = now()",
            "state = 'cancelled'",
            "failure = 'empty'",
            "format = 'xlsx'",
        ],
    )
    def test_the_database_refuses_what_cannot_be(self, nimbus: int, change: str) -> None:
        upload_id = upload(nimbus, json_lines(event(1)))

        with (
            provider_scope(nimbus),
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            execute(f"UPDATE usage_upload SET {change} WHERE id = %s", [upload_id])

    def test_files_are_for_their_owner_only(self, nimbus: int, uploads_folder: Path) -> None:
        upload(nimbus, json_lines(event(1)))

        (file,) = (uploads_folder / str(nimbus)).iterdir()
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


class TestHostile:
    @pytest.mark.parametrize(
        "column", ["ServiceName", "PricingUnit", "RegionId", "SubAccountName", "Id", "ResourceId"]
    )
    @pytest.mark.parametrize("text", ["K\udcfchl", "a\x00b"])
    def test_letters_that_are_none_spoil_their_row_only(
        self, nimbus: int, column: str, text: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As they would stand behind the part of a large file that is looked at first.
        monkeypatch.setattr("usage.services.upload_rows._HEAD", 16)
        at = now().isoformat(sep=" ")[:19]
        good = {"SubAccountId": "acme", "SkuPriceId": "call", "ChargePeriodStart": at}
        bad = {**good, "Id": "2", column: text}
        content = focus_file(focus_row(**good), focus_row(**bad), focus_row(**good, Id="3"))

        view = read(nimbus, content.encode(errors="surrogateescape"), FOCUS)

        assert (view.state, view.rows_read) == (UploadState.DONE, 3)
        assert view.accepted + view.rejected == 3
        assert view.accepted >= 2
