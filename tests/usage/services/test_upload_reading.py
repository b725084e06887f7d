"""Every row of an uploaded file has exactly one verdict, and a bad file says what is wrong with it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import timedelta

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tests.usage.importers.asterisk_file import BASE, call
from tests.usage.importers.focus_file import focus_file
from tests.usage.importers.focus_file import row as focus_row
from tests.usage.services.upload_files import (
    counted,
    event,
    figures,
    json_lines,
    read,
    rows,
    see,
    upload,
)
from usage.enums import UploadFormat, UploadState
from usage.models import UsageUpload
from usage.services.upload_reading import STALLS_MAX, read_upload
from usage.services.uploads import upload_storage

ASTERISK, FOCUS = UploadFormat.ASTERISK, UploadFormat.FOCUS
CALLS = {"source": "asterisk"}


def packed(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("usage.json", content)
    return file.getvalue()


class TestReading:
    def test_a_stored_file_that_grew_shorter_ends(self, nimbus: int) -> None:
        number = upload(nimbus, json_lines(event(1)))
        with provider_scope(nimbus):
            UsageUpload.objects.filter(pk=number).update(rows_read=9, accepted=9)

        read_upload(provider_id=nimbus, upload_id=number)

        assert see(nimbus, number).state == UploadState.DONE

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
