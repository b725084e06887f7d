"""An upload is taken once, read by one worker at a time, read again or cancelled; the database holds its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tests.usage.services.upload_files import (
    SOMEBODY,
    event,
    figures,
    json_lines,
    read,
    see,
    upload,
)
from usage.enums import UploadFormat, UploadState
from usage.errors import AlreadyUploadedError, UnknownUploadError, UploadNotReadableError
from usage.models import UsageUpload
from usage.selectors.uploads import open_uploads
from usage.services.upload_reading import LEASE, read_upload
from usage.services.uploads import cancel_upload, read_again

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast


class TestSameContent:
    def test_it_is_taken_once(self, nimbus: int, uploads_folder: Path) -> None:
        first = upload(nimbus, json_lines(event(1)))

        with pytest.raises(AlreadyUploadedError) as refusal:
            upload(nimbus, json_lines(event(1)), name="other.json")

        assert refusal.value.upload_id == first
        assert len(list((uploads_folder / str(nimbus)).iterdir())) == 1

    def test_it_is_taken_again_when_nothing_was_read_of_it(self, nimbus: int) -> None:
        failed = read(nimbus, json_lines(event(1)), UploadFormat.FOCUS)
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
