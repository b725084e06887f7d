"""Make the PDFs of issued documents: once each, by workers, kept for ever."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.core.files.base import ContentFile

from billing_platform.kernel.markers import marker
from billing_platform.kernel.scope import provider_scope
from invoicing.einvoice.attach import with_xml
from invoicing.enums import FileKind
from invoicing.errors import RegistrationMissing, RenderFailed
from invoicing.models import DocumentFile
from invoicing.rendering.assets import Assets, on_paper
from invoicing.rendering.html import document_html, style_source
from invoicing.rendering.pdf import ARCHIVE, render_pdf
from invoicing.rendering.printed import amount_due
from invoicing.rendering.qr import payment_qr, signed_qr
from invoicing.selectors.documents import issued_document
from invoicing.selectors.einvoices import is_of_a_kind, sends_einvoices, why_no_einvoice
from invoicing.selectors.files import (
    StoredFile,
    document_pdfs,
    document_storage,
    read_file,
    without_pdf,
)
from tenants.selectors.logos import logo_content

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from invoicing.types import WholeDocument

MARKERS: Final = ("file.stored", "file.noted")
BATCH: Final = 50

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PrintView:
    """A document as HTML.

    Attributes:
        style_source: what a content security policy calls its style, the only thing that it needs to let in.
    """

    html: str
    style_source: str


def stored_pdf(*, provider_id: int, document_id: int, now: datetime) -> StoredFile:
    """Return the PDF of an issued document; it is made at the first call and never again.

    Args:
        provider_id: whose; no scope needs to be open, for drawing takes long.
        document_id: the row's number.
        now: the present moment.

    Raises:
        DocumentNotFound: the provider has no such issued document.
        PdfUnavailable: this machine cannot draw PDFs.
        RenderFailed: this document cannot be drawn.
        RegistrationMissing: it is drawn once it is registered.
        FileDamaged: what is stored is not what was stored; it is not made anew.

    Idempotency: by document, for ever; of two that draw at once the first one's bytes are kept.
    """
    with provider_scope(provider_id):
        document = issued_document(provider_id, document_id, today=now.date())
        row = document_pdfs(provider_id, [document_id]).get(document_id)
        assets = assets_of(provider_id, document) if row is None else Assets()
        has_xml = row is None and sends_einvoices(provider_id)
    if row is None and document.awaits_registration:
        raise RegistrationMissing
    if row is None:
        row = _keep(provider_id, document, pdf_of(document, assets, has_xml=has_xml), now)
    return read_file(row, document.head.number)


def make_pdfs(*, provider_id: int, now: datetime, go_on: Callable[[], bool]) -> Counter[str]:
    """Make the PDFs that a provider's documents lack, the oldest first.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the present moment.
        go_on: asked before each one; False ends the round.

    Returns:
        How many were made (`made`), and how many could not be (`failed`); `left` is 1 when the round was ended.

    Raises:
        PdfUnavailable: this machine cannot draw PDFs.

    Idempotency: by document.
    """
    counts: Counter[str] = Counter()
    after = 0
    while True:
        with provider_scope(provider_id):
            batch = without_pdf(provider_id, after=after, limit=BATCH)
        for after in batch:
            if not go_on():
                counts["left"] = 1
                return counts
            try:
                stored_pdf(provider_id=provider_id, document_id=after, now=now)
            except RenderFailed:
                # One that cannot be drawn keeps no other from being drawn.
                log.exception("The PDF of document %s was not made.", after)
                counts["failed"] += 1
            else:
                counts["made"] += 1
        if len(batch) < BATCH:
            return counts


def pdf_of(document: WholeDocument, assets: Assets, *, has_xml: bool = False) -> bytes:
    """Draw a document.

    Args:
        document: an issued one.
        assets: its pictures.
        has_xml: with the electronic invoice inside, where the document can be one.

    Raises:
        PdfUnavailable, RenderFailed: as `render_pdf`.
    """
    html, identifier = document_html(document, assets), bytes.fromhex(document.digest)[:16]
    if not has_xml or not is_of_a_kind(document) or why_no_einvoice(document):
        return render_pdf(html, assets, identifier=identifier)
    return with_xml(render_pdf(html, assets, identifier=identifier, variant=ARCHIVE), document)


def print_view(*, provider_id: int, document: WholeDocument) -> PrintView:
    """Return a document as a page that stands alone, for who wants to read it and for where there is no PDF.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        document: with all that is printed.
    """
    html = document_html(document, assets_of(provider_id, document), is_alone=True)
    return PrintView(html, style_source(html))


def assets_of(provider_id: int, document: WholeDocument) -> Assets:
    """Return the pictures of a document: the provider's logo and the code of a transfer.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        document: with all that is printed.
    """
    content = document.content
    name = content.get("logo")
    logo = logo_content(provider_id, name) if name else None
    return Assets(
        logo=on_paper(logo) if logo else b"",
        qr=payment_qr(content.get("payment") or {}, amount_due(document), document.head.number),
        registered=signed_qr(document.registration.signed_code) if document.registration else b"",
    )


def _keep(provider_id: int, document: WholeDocument, content: bytes, now: datetime) -> DocumentFile:
    """Store bytes, then the row that names them: a file without a row is never shown, a row without a file never is."""
    storage = document_storage()
    stored = storage.save(f"documents/{provider_id}/{uuid4().hex}", ContentFile(content))
    marker("file.stored")
    with provider_scope(provider_id):
        row, is_ours = DocumentFile.objects.get_or_create(
            provider_id=provider_id,
            document_id=document.head.id,
            kind=FileKind.PDF,
            defaults={
                "tenant_id": document.head.tenant_id,
                "stored_name": stored,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "created_at": now,
            },
        )
    marker("file.noted")
    if not is_ours:
        storage.delete(stored)
    return row
