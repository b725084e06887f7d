"""kill -9 while a PDF is stored, and two workers at once: no half file is shown, and the bytes are one for ever."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.proofs import document_faults
from invoicing.services import files
from invoicing.services.files import stored_pdf
from invoicing.services.issuing import issue_now
from tenants.models import Provider
from tests.cast import build_cast
from tests.invoicing.drafts import NOW, invoice
from tests.roles import set_role
from tests.usage.faults.workers import start, together

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.processes


def test_killed_or_at_once_there_is_one_whole_pdf(
    committed_db: str, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_role("worker")
    cast = build_cast()
    monkeypatch.setattr(files, "pdf_of", lambda document, _, has_xml: document.digest.encode())
    with provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="US")
        bills = [
            issue_now(provider_id=cast.nimbus, draft=invoice(cast.acme, name), now=NOW)
            for name in (*files.MARKERS, "both")
        ]

    def draw(bill: int) -> str:
        return stored_pdf(provider_id=cast.nimbus, document_id=bill, now=NOW).sha256

    for marker, bill in zip(files.MARKERS, bills, strict=False):
        code, _ = start(lambda bill=bill: draw(bill), kill_at=marker).wait()  # type: ignore[misc]
        assert code == -signal.SIGKILL
        set_role("worker")
        assert draw(bill) == draw(bill)
    (_, one), (_, other) = together(lambda: draw(bills[-1]), lambda: draw(bills[-1]))
    set_role("worker")

    assert one == other == draw(bills[-1])
    with provider_scope(cast.nimbus):
        assert list(document_faults(cast.nimbus)) == []
    # One was stored by who died before its row; nobody is shown it.
    assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 4
