"""kill -9 while the file of a list is written, and two workers at once: one whole file, and one mail."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, transaction

from billing_platform.kernel.scope import provider_scope
from billing_platform.portal import list_writing
from billing_platform.portal.list_writing import write_export
from tenants.enums import ExportState
from tenants.models import ListExport
from tenants.services.list_exports import LEASE, AskedList, ask_for_export
from tests.cast import NOW, Cast, build_cast
from tests.outbox import mails_of
from tests.roles import set_role
from tests.usage.faults.workers import start, together

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

pytestmark = pytest.mark.processes
LATER = NOW + LEASE + timedelta(seconds=1)


def ask(cast: Cast, name: str) -> int:
    """Have paula ask for her clients."""
    asked = AskedList(
        provider_id=cast.nimbus,
        tenant_id=0,
        user_id=cast.users["paula"],
        path="/provider/clients.csv",
        query=f"q=canary&from={name}",
        name="clients.csv",
        language="en",
        page_url="http://nimbus.localhost/provider/exports/",
    )
    return ask_for_export(asked, now=NOW)


def test_killed_or_at_once_there_is_one_whole_file_and_one_mail(
    committed_db: str, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_writing, "BATCH", 1)
    cast = build_cast()
    names = (*list_writing.MARKERS, "both")
    with provider_scope(cast.nimbus):
        exports = [ask(cast, name) for name in names]

    def write(export_id: int, *, is_later: bool = False) -> bool:
        at = LATER if is_later else NOW
        return write_export(provider_id=cast.nimbus, export_id=export_id, clock=lambda: at)

    for marker, export_id in zip(list_writing.MARKERS, exports, strict=False):
        code, _ = start(lambda number=export_id: write(number), kill_at=marker).wait()  # type: ignore[misc]
        assert code == -signal.SIGKILL
        set_role("worker")
        assert not write(export_id)  # the dead one's lease
        assert write(export_id, is_later=True)
    ended = together(lambda: write(exports[-1]), lambda: write(exports[-1]))
    set_role("worker")

    assert sorted(ended) == [(0, False), (0, True)]
    with provider_scope(cast.nimbus):
        rows = list(ListExport.objects.all())
    assert {(row.state, row.rows) for row in rows} == {(ExportState.DONE, 2)}
    texts = {(uploads_folder / row.stored_name).read_text() for row in rows}
    assert len(texts) == 1
    assert len(texts.pop().splitlines()) == 3
    assert len(mails_of(cast.nimbus)) == len(exports)


def test_a_file_is_kept_whose_note_was_committed_though_the_answer_was_lost(
    committed_db: str, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = build_cast()
    steps: list[str] = []
    with provider_scope(cast.nimbus):
        export_id = ask(cast, "lost")
    monkeypatch.setattr(list_writing, "marker", steps.append)

    def lose() -> None:
        """Break off behind the COMMIT, as a connection does that is lost before its answer."""
        raise OperationalError

    def clock() -> datetime:
        if "export.stored" in steps:
            transaction.on_commit(lose)
        return NOW

    set_role("worker")
    with pytest.raises(OperationalError):
        write_export(provider_id=cast.nimbus, export_id=export_id, clock=clock)

    with provider_scope(cast.nimbus):
        row = ListExport.objects.get(pk=export_id)
    assert row.state == ExportState.DONE
    assert len((uploads_folder / row.stored_name).read_text().splitlines()) == 3
    assert len(mails_of(cast.nimbus)) == 1
