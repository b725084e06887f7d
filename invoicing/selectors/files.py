"""Files of documents: read with their digest, and which documents lack one. Called by pages, mails and proofs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.files.storage import storages
from django.db.models import Exists, OuterRef, Q

from invoicing.enums import DocumentState, FileKind
from invoicing.errors import DocumentNotFound, FileDamaged, FileMissing
from invoicing.models import Document, DocumentFile, Registration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.storage import Storage
    from django.db.models import QuerySet

STORAGE: Final = "uploads"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A document's PDF.

    Attributes:
        name: as people keep it, for instance `INV-2026-00001.pdf`.
        content: the bytes that were stored; their digest was compared.
        sha256: in hexadecimal.
    """

    name: str
    content: bytes
    sha256: str


def document_storage() -> Storage:
    """Return where files of documents are kept; they have no address."""
    return storages[STORAGE]


def document_pdf(provider_id: int, public_id: str, *, tenant_id: int | None = None) -> StoredFile:
    """Return the PDF of a document.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        public_id: which.
        tenant_id: only when it is this tenant's.

    Raises:
        DocumentNotFound: the provider, or the tenant, has no such issued document.
        FileMissing: there is none yet.
        FileDamaged: it is not the one that was made.
    """
    rows = Document.objects.filter(provider_id=provider_id, public_id=public_id)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    row = rows.exclude(state=DocumentState.DRAFT).only("pk", "number", "public_id").first()
    if row is None:
        raise DocumentNotFound
    found = _files(provider_id, [row.pk]).first()
    if found is None:
        raise FileMissing
    return read_file(found, row.number)


def document_pdfs(provider_id: int, document_ids: Sequence[int]) -> dict[int, DocumentFile]:
    """Return the rows of PDFs by document, by one query; documents without one are left out.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        document_ids: rows of documents.
    """
    return {row.document_id: row for row in _files(provider_id, document_ids)}


def read_file(row: DocumentFile, number: str) -> StoredFile:
    """Return a file after comparing its digest.

    Args:
        row: which.
        number: of the document, for the file's name.

    Raises:
        FileDamaged: it is gone, or another one.
    """
    try:
        with document_storage().open(row.stored_name) as file:
            content = bytes(file.read())
    except FileNotFoundError as error:
        raise FileDamaged from error
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise FileDamaged
    return StoredFile(f"{number.replace('/', '-')}.pdf", content, row.sha256)


def without_pdf(provider_id: int, *, after: int, limit: int) -> list[int]:
    """Return the rows of issued documents without a PDF, oldest first.

    Args:
        provider_id: whose; its scope is open.
        after: the row behind which to begin.
        limit: at most so many.
    """
    rows = _bare().filter(provider_id=provider_id, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def providers_without_pdfs() -> list[int]:
    """Return the providers with documents that lack a PDF; the system's scope is open."""
    rows = _bare().order_by("provider_id").values_list("provider_id", flat=True)
    return list(rows.distinct())


def _bare() -> QuerySet[Document]:
    made = DocumentFile.objects.filter(
        provider_id=OuterRef("provider_id"), document_id=OuterRef("pk"), kind=FileKind.PDF
    )
    registered = Registration.objects.filter(
        provider_id=OuterRef("provider_id"), document_id=OuterRef("pk")
    )
    rows = Document.objects.exclude(state=DocumentState.DRAFT).filter(~Exists(made))
    # What is to be registered is drawn with its registration.
    return rows.filter(~Q(content__has_key="has_irn") | Exists(registered))


def _files(provider_id: int, document_ids: Sequence[int]) -> QuerySet[DocumentFile]:
    return DocumentFile.objects.filter(
        provider_id=provider_id, document_id__in=document_ids, kind=FileKind.PDF
    )
