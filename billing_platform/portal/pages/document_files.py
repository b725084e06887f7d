"""The files of documents: whether a PDF is there, and many of them as a ZIP."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.kernel.job_history import last_runs
from invoicing.errors import FileDamaged, PdfUnavailable, RegistrationMissing
from invoicing.selectors.documents import list_documents
from invoicing.selectors.files import document_pdfs, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from invoicing.selectors.documents import DocumentQuery
    from invoicing.types import DocumentView

# What one answer holds without keeping a web process for long.
ZIP_MAX: Final = 500
_MISSING_NAME: Final = "not-included.txt"


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    """What can be kept of a document.

    Attributes:
        pdf_url: empty while the PDF is being prepared.
        print_url: the same document as HTML.
        words: why there is no PDF yet; empty with one, and on a draft, which gets none.
    """

    pdf_url: str
    print_url: str
    words: str


def document_files(
    provider_id: int, head: DocumentView, *, portal: str, awaits_registration: bool = False
) -> DocumentFiles:
    """Return what can be kept of a document, by one query, or by two while there is no PDF.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        head: the document.
        portal: `billing` or `provider`.
        awaits_registration: it is drawn once it is registered.
    """
    address = {"document": head.public_id}
    is_there = head.id in document_pdfs(provider_id, [head.id])
    words = ""
    if awaits_registration:
        words = _(RegistrationMissing.message)
    elif head.number and not is_there:
        words = _waiting(provider_id, portal)
    return DocumentFiles(
        pdf_url=reverse(f"{portal}-document-pdf", kwargs=address) if is_there else "",
        print_url=reverse(f"{portal}-document-print", kwargs=address),
        words=words,
    )


def zip_refusal(provider_id: int, query: DocumentQuery, today: date) -> str:
    """Return why there is no ZIP of these documents, or "".

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which.
        today: the provider's day.
    """
    query = replace(query, before=None)
    found = list_documents(provider_id, query, today=today, limit=ZIP_MAX + 1)
    if len(found) > ZIP_MAX:
        words = _(
            "A ZIP holds at most %(most)s documents. Narrow the filter, for instance by days."
        )
        return words % {"most": ZIP_MAX}
    return "" if found else _("No document fits these filters.")


def zip_parts(provider_id: int, query: DocumentQuery, today: date) -> Iterator[bytes]:
    """Yield a ZIP of PDFs, newest first; what is not ready or damaged is named in a text inside.

    Args:
        provider_id: whose; its scope, or the tenant's, stays open while it is read.
        query: which.
        today: the provider's day.
    """
    query = replace(query, before=None)
    rows = list_documents(provider_id, query, today=today, limit=ZIP_MAX)
    files = document_pdfs(provider_id, [row.id for row in rows])
    sink = _Sink()
    missing: list[str] = []
    names: set[str] = set()
    with zipfile.ZipFile(sink, "w") as archive:
        for row in rows:
            try:
                file = read_file(files[row.id], row.number)
            except (KeyError, FileDamaged):
                missing.append(row.number)
                continue
            # Two series may be written alike.
            name = f"{row.kind}-{file.name}" if file.name in names else file.name
            names.add(name)
            archive.writestr(name, file.content)  # stored: a PDF is compressed already
            yield sink.taken()
        if missing:
            archive.writestr(_MISSING_NAME, "\n".join(missing) + "\n")
    yield sink.taken()


class _Sink:
    """A file that hands on what is written to it; nobody seeks in it."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        """Return what was written since it was asked for last."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


def _waiting(provider_id: int, portal: str) -> str:
    """Say why there is no PDF yet; what the machine lacks is told to the provider's people only."""
    if portal == "provider":
        runs = last_runs(job="make_pdfs", provider_id=provider_id, limit=1)
        if any(PdfUnavailable.code in run.skipped for run in runs):
            return _(PdfUnavailable.message)
    return _(
        "The PDF of this document is being prepared. It takes a moment; the document can be read meanwhile."
    )
