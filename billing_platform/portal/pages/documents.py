"""Lists of documents, the customer's and the provider's, and one document whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.document_tabs import document_tabs
from billing_platform.portal.pages.payments import client_number
from invoicing.enums import DocumentKind
from invoicing.selectors.documents import document_totals, list_documents
from invoicing.selectors.files import document_pdfs
from tenants.enums import ProviderRole
from tenants.selectors.providers import legal_identity, provider_view
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from billing_platform.portal.pages.documents_filter import DocumentFilter
    from billing_platform.portal.pages.status_tabs import StatusTab
    from invoicing.selectors.documents import DocumentQuery, DocumentTotals
    from invoicing.types import DocumentView
    from tenants.types import ProviderView, TenantView

PAGE_ROWS: Final = 50
MAY_WRITE: Final = (ProviderRole.OWNER, ProviderRole.BILLING)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of a list.

    Attributes:
        pdf_url: empty while the PDF is being prepared.
        client: who it is for; None on the customer's own page.
    """

    row: DocumentView
    kind: str
    pill: str
    url: str
    pdf_url: str = ""
    client: TenantView | None = None


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """What the documents of a kind come to in a currency."""

    kind: str
    totals: DocumentTotals


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """A list of documents.

    Attributes:
        totals: what all that match come to, per currency and kind; None of more than are summed up.
        lacks_seller: invoices are refused, since the provider has not said who it is; False on a customer's page.
        seller_url: where it says so, for those who may.
        texts_url: where the texts of mails are written, for those who may.
    """

    rows: Sequence[DocumentRow]
    wanted: DocumentFilter
    kinds: Sequence[Choice]
    tabs: Sequence[StatusTab]
    totals: Sequence[TotalsRow] | None
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zip_url: str
    lacks_seller: bool
    seller_url: str
    texts_url: str


def own_documents_page(
    tenant: TenantView, wanted: DocumentFilter, *, now: datetime
) -> DocumentsPage:
    """Return a customer's documents, newest first, by six queries.

    Args:
        tenant: whose; its scope is open.
        wanted: which.
        now: the present moment.
    """
    provider = provider_view(tenant.provider_id)
    return _page(provider, wanted, tenant.id, _today(provider, now), portal="billing")


def documents_page(
    provider: ProviderView, wanted: DocumentFilter, *, now: datetime, role: str
) -> DocumentsPage:
    """Return a provider's documents, newest first, by seven queries at most.

    Args:
        provider: whose; its scope is open.
        wanted: which.
        now: the present moment.
        role: of the person who looks.
    """
    number, today = client_number(provider.id, wanted.client), _today(provider, now)
    return _page(provider, wanted, number, today, portal="provider", role=role)


def kind_word(kind: str) -> str:
    """Return what a kind of document is called in the active language."""
    return str(DocumentKind(kind).label)


def _page(
    provider: ProviderView,
    wanted: DocumentFilter,
    tenant_id: int | None,
    today: date,
    *,
    portal: str,
    role: str = "",
) -> DocumentsPage:
    path = reverse(f"{portal}-documents")
    is_staff = portal == "provider"
    query = wanted.wanted(tenant_id, is_staff=is_staff)
    found = list_documents(provider.id, query, today=today, limit=wanted.size)
    clients = tenants_by_id(provider.id, {row.tenant_id for row in found}) if is_staff else {}
    files = document_pdfs(provider.id, [row.id for row in found])
    older = wanted.query(before=found[-1].id) if len(found) == wanted.size else ""
    return DocumentsPage(
        rows=[
            DocumentRow(
                row=row,
                kind=kind_word(row.kind),
                pill=f"document_{row.status}",
                url=reverse(f"{portal}-document", kwargs={"document": row.public_id}),
                pdf_url=reverse(f"{portal}-document-pdf", kwargs={"document": row.public_id})
                if row.id in files
                else "",
                client=clients.get(row.tenant_id),
            )
            for row in found
        ],
        wanted=wanted,
        kinds=_choices(DocumentKind.choices, wanted.kind),
        tabs=document_tabs(provider.id, query, wanted, path, today=today),
        totals=_totals(provider.id, query, today),
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + older if older else "",
        csv_url=reverse(f"{portal}-documents-csv") + wanted.query(before=None),
        zip_url=reverse(f"{portal}-documents-zip") + wanted.query(before=None),
        seller_url=reverse("provider-seller") if role == ProviderRole.OWNER else "",
        texts_url=reverse("provider-mail-texts") if role in MAY_WRITE else "",
        lacks_seller=is_staff and not legal_identity(provider.id).is_complete,
    )


def _totals(provider_id: int, query: DocumentQuery, today: date) -> list[TotalsRow] | None:
    found = document_totals(provider_id, query, today=today)
    return None if found is None else [TotalsRow(kind_word(one.kind), one) for one in found]


def _choices(known: Sequence[tuple[str, object]], chosen: str) -> list[Choice]:
    first = Choice(value="", label=_("All"), is_chosen=not chosen)
    return [first, *(Choice(value, str(label), value == chosen) for value, label in known)]


def _today(provider: ProviderView, now: datetime) -> date:
    return now.astimezone(ZoneInfo(provider.time_zone)).date()
