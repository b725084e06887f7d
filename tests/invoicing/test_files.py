"""A document's PDF is made once and stays: the same bytes, its own tenant's, and any change is found."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import system_scope, tenant_scope
from invoicing.errors import (
    DocumentNotFound,
    FileDamaged,
    FileMissing,
    RenderFailed,
)
from invoicing.models import DocumentFile
from invoicing.selectors.files import document_pdf, providers_without_pdfs, without_pdf
from invoicing.selectors.proofs import document_faults
from invoicing.services import files
from invoicing.services.drafting import draft_document
from invoicing.services.files import make_pdfs, stored_pdf
from invoicing.services.issuing import issue_now
from tests.full_disk import no_room_for_files
from tests.invoicing.drafts import NOW, invoice, stored
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("uploads_folder")
NOTE = """
INSERT INTO invoicing_file (provider_id, tenant_id, document_id, kind, stored_name, sha256, size, created_at)
SELECT provider_id, %s, id, 'pdf', 'x', repeat('a', 64), 1, now() FROM invoicing_document WHERE id = %s
"""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Draw quickly: the words of the HTML; return the numbers of what was drawn."""
    numbers: list[str] = []

    def draw(document: Any, _assets: object, *, has_xml: bool) -> bytes:
        assert not has_xml
        if document.head.source_id == "broken":
            raise RenderFailed
        numbers.append(document.head.number)
        return f"{len(numbers)} {document.digest}".encode()

    monkeypatch.setattr(files, "pdf_of", draw)
    return numbers


@pytest.fixture
def bill(cast: Cast, seller: int) -> int:
    """Return an invoice to Acme."""
    return issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW)


class TestStored:
    def test_it_is_drawn_once_and_then_read(
        self, seller: int, bill: int, drawn: list[str], uploads_folder: Path
    ) -> None:
        found = [stored_pdf(provider_id=seller, document_id=bill, now=NOW) for _ in range(2)]

        assert found[0] == found[1]
        assert (found[0].name, drawn) == ("INV-2026-00001.pdf", ["INV-2026-00001"])
        assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 1

    def test_who_draws_second_keeps_the_first_ones_bytes(
        self, seller: int, bill: int, drawn: list[str], uploads_folder: Path, monkeypatch: Any
    ) -> None:
        first = stored_pdf(provider_id=seller, document_id=bill, now=NOW)
        monkeypatch.setattr(files, "document_pdfs", lambda *_: {})  # as if both had looked at once

        second = stored_pdf(provider_id=seller, document_id=bill, now=NOW)

        assert (len(drawn), second) == (2, first)
        assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 1

    def test_a_full_disk_keeps_no_half_file_and_the_next_call_draws(
        self, seller: int, bill: int, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = bytes(100_000)
        monkeypatch.setattr(files, "pdf_of", lambda *_, has_xml: content)

        with no_room_for_files(50_000), pytest.raises(OSError, match="File too large"):
            stored_pdf(provider_id=seller, document_id=bill, now=NOW)
        left = [path for path in uploads_folder.rglob("*") if path.is_file()]
        waiting = without_pdf(seller, after=0, limit=9)

        assert (left, waiting) == ([], [bill])
        assert stored_pdf(provider_id=seller, document_id=bill, now=NOW).content == content
        assert list(document_faults(seller)) == []

    @pytest.mark.parametrize("content", [b"another one", None])
    def test_another_file_in_its_place_is_found_and_not_sent(
        self, seller: int, bill: int, drawn: list[str], uploads_folder: Path, content: bytes | None
    ) -> None:
        stored_pdf(provider_id=seller, document_id=bill, now=NOW)
        assert list(document_faults(seller)) == []

        (path,) = (path for path in uploads_folder.rglob("*") if path.is_file())
        path.unlink() if content is None else path.write_bytes(content)

        assert [fault.check for fault in document_faults(seller)] == ["file"]
        with pytest.raises(FileDamaged):
            document_pdf(seller, stored(bill).public_id)
        with pytest.raises(FileDamaged):
            stored_pdf(provider_id=seller, document_id=bill, now=NOW)
        assert drawn == ["INV-2026-00001"]

    def test_a_draft_has_none(self, cast: Cast, seller: int, drawn: list[str]) -> None:
        draft_id = draft_document(provider_id=seller, draft=invoice(cast.acme), now=NOW)

        with pytest.raises(DocumentNotFound):
            stored_pdf(provider_id=seller, document_id=draft_id, now=NOW)
        with pytest.raises(DatabaseError, match="is not issued"), transaction.atomic():
            execute(NOTE, [cast.acme, draft_id])

    @pytest.mark.parametrize(
        "statement", ["UPDATE invoicing_file SET sha256 = sha256", "DELETE FROM invoicing_file"]
    )
    def test_its_row_never_changes(
        self, seller: int, bill: int, drawn: list[str], statement: str
    ) -> None:
        stored_pdf(provider_id=seller, document_id=bill, now=NOW)

        with pytest.raises(DatabaseError), transaction.atomic(), as_role("owner"):
            execute(statement)

    def test_it_is_of_the_documents_own_tenant(self, cast: Cast, seller: int, bill: int) -> None:
        with pytest.raises(DatabaseError, match="is not issued"), transaction.atomic():
            execute(NOTE, [cast.globex, bill])


class TestRead:
    def test_nobody_else_reads_it(
        self, cast: Cast, seller: int, bill: int, drawn: list[str]
    ) -> None:
        public_id = stored(bill).public_id
        with pytest.raises(FileMissing):
            document_pdf(seller, public_id)
        made = stored_pdf(provider_id=seller, document_id=bill, now=NOW)

        with as_role("app"), tenant_scope(seller, cast.acme):
            assert document_pdf(seller, public_id, tenant_id=cast.acme) == made
        with as_role("app"), tenant_scope(seller, cast.globex):
            assert DocumentFile.objects.count() == 0
            for tenant in (cast.globex, cast.acme, None):
                with pytest.raises(DocumentNotFound):
                    document_pdf(seller, public_id, tenant_id=tenant)


class TestRound:
    def test_all_are_drawn_but_what_cannot_be(
        self, cast: Cast, seller: int, bill: int, drawn: list[str]
    ) -> None:
        for source in ("broken", "three"):
            issue_now(provider_id=seller, draft=invoice(cast.acme, source), now=NOW)
        draft_document(provider_id=seller, draft=invoice(cast.acme, "draft"), now=NOW)

        found = make_pdfs(provider_id=seller, now=NOW, go_on=lambda: True)

        assert found == {"made": 2, "failed": 1}
        assert drawn == ["INV-2026-00001", "INV-2026-00003"]
        assert len(without_pdf(seller, after=0, limit=9)) == 1
        with system_scope():
            assert providers_without_pdfs() == [seller]

    def test_a_turn_ends(self, seller: int, bill: int, drawn: list[str]) -> None:
        found = make_pdfs(provider_id=seller, now=NOW, go_on=lambda: False)

        assert (found, drawn) == ({"left": 1}, [])


def test_without_pango_it_is_said_what_to_install() -> None:
    code = """
import builtins, ctypes.util, cffi
import django; django.setup()
from invoicing.errors import PdfUnavailable
from invoicing.rendering import pdf
from invoicing.rendering.assets import Assets
def none(self, name, *_): raise OSError(f"cannot load library '{name}'")
cffi.FFI.dlopen = none
try:
    pdf.render_pdf("<p>", Assets(), identifier=b"1")
except PdfUnavailable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "libpango-1.0-0" in done.stdout, done.stderr
    assert "brew install pango" in done.stdout
