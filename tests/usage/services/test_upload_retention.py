"""Uploaded files and their rows go when their time is over; the counts stay."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.settings import set_setting
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
from usage.services.upload_reading import read_upload
from usage.services.upload_retention import erase_uploads
from usage.services.uploads import read_again

if TYPE_CHECKING:
    from pathlib import Path


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
