"""Lists of documents, the customer's and the provider's, and one document whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.document_corrections import document_corrections
from billing_platform.portal.pages.document_files import DocumentFiles, document_files
from billing_platform.portal.pages.document_mails import document_mails
from billing_platform.portal.pages.payments import client_number
from invoicing.einvoice.xml import SYNTAXES
from invoicing.enums import DocumentKind, Status
from invoicing.selectors.documents import document_totals, list_documents, whole_document
from invoicing.selectors.einvoices import is_of_a_kind, sends_einvoices, why_no_einvoice
from invoicing.selectors.files import document_pdfs
from tenants.enums import ProviderRole
from tenants.selectors.providers import legal_identity, provider_view
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from billing_platform.portal.pages.document_corrections import DocumentCorrections
    from billing_platform.portal.pages.document_mails import DocumentMails
    from billing_platform.portal.pages.documents_filter import DocumentFilter
    from invoicing.selectors.documents import DocumentTotals
    from invoicing.types import DocumentView, WholeDocument
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
        totals: what all that match come to, per currency and kind.
        lacks_seller: invoices are refused, since the provider has not said who it is; False on a customer's page.
        seller_url: where it says so, for those who may.
        texts_url: where the texts of mails are written, for those who may.
    """

    rows: Sequence[DocumentRow]
    wanted: DocumentFilter
    kinds: Sequence[Choice]
    statuses: Sequence[Choice]
    totals: Sequence[TotalsRow]
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zip_url: str
    lacks_seller: bool
    seller_url: str
    texts_url: str


@dataclass(frozen=True, slots=True)
class XmlLink:
    """An electronic invoice to download."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One document.

    Attributes:
        client: who it is for; None on the customer's own page.
        xml: the electronic invoice in each syntax, to download; none where the provider sends none.
        no_xml: why it cannot be one, for the provider's people.
        mails: to whom it was mailed, for the provider's people.
        register_url: where its registration is entered, for those who may, while it waits for it.
        corrections: credit notes by hand and write-offs of an invoice that is owed, for the provider's people.
    """

    whole: WholeDocument
    kind: str
    pill: str
    list_url: str
    files: DocumentFiles
    xml: Sequence[XmlLink] = ()
    no_xml: str = ""
    mails: DocumentMails | None = None
    client: TenantView | None = None
    register_url: str = ""
    corrections: DocumentCorrections | None = None

    @property
    def seller(self) -> Mapping[str, object]:
        """Return who sells, as frozen."""
        return self._party("seller")

    @property
    def buyer(self) -> Mapping[str, object]:
        """Return who buys, as frozen."""
        return self._party("buyer")

    def _party(self, name: str) -> Mapping[str, object]:
        found: Mapping[str, object] = self.whole.content.get(name) or {}
        return found


def own_documents_page(
    tenant: TenantView, wanted: DocumentFilter, *, now: datetime
) -> DocumentsPage:
    """Return a customer's documents, newest first, by four queries.

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
    """Return a provider's documents, newest first, by five queries at most.

    Args:
        provider: whose; its scope is open.
        wanted: which.
        now: the present moment.
        role: of the person who looks.
    """
    number, today = client_number(provider.id, wanted.client), _today(provider, now)
    return _page(provider, wanted, number, today, portal="provider", role=role)


def document_page(
    provider: ProviderView,
    public_id: str,
    *,
    now: datetime,
    tenant_id: int | None = None,
    role: str = "",
    user_id: int = 0,
) -> DocumentPage:
    """Return one document, by a fixed number of queries.

    Args:
        provider: whose; its scope, or the tenant's, is open.
        public_id: which.
        now: the present moment.
        tenant_id: the customer who asks; None for the provider's people.
        role: of the one of the provider's people who asks.
        user_id: number of that person.

    Raises:
        DocumentNotFound: the provider, or the tenant, has no such document.
    """
    today = _today(provider, now)
    whole = whole_document(provider.id, public_id, today=today, tenant_id=tenant_id)
    is_staff = tenant_id is None
    clients = tenants_by_id(provider.id, [whole.head.tenant_id]) if is_staff else {}
    is_xml = is_of_a_kind(whole) and sends_einvoices(provider.id)
    no_xml = why_no_einvoice(whole) if is_xml else ""
    portal = "provider" if is_staff else "billing"
    return DocumentPage(
        whole=whole,
        kind=kind_word(whole.head.kind),
        pill=f"document_{whole.head.status}",
        list_url=reverse(f"{portal}-documents"),
        files=document_files(
            provider.id,
            whole.head,
            portal=portal,
            awaits_registration=whole.awaits_registration,
        ),
        register_url=reverse("provider-document-register", kwargs={"document": public_id})
        if whole.awaits_registration and role in MAY_POST
        else "",
        client=clients.get(whole.head.tenant_id),
        xml=_xml(public_id, portal) if is_xml and not no_xml else (),
        no_xml=no_xml if is_staff else "",
        mails=document_mails(provider.id, whole.head, role=role, zone=provider.time_zone)
        if is_staff
        else None,
        corrections=document_corrections(
            provider.id, whole.head, role=role, user_id=user_id, zone=provider.time_zone
        )
        if is_staff
        else None,
    )


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
    query = wanted.wanted(tenant_id)
    found = list_documents(provider.id, query, today=today, limit=wanted.size)
    is_staff = portal == "provider"
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
        statuses=_choices([one for one in Status.choices if one[0] != Status.DRAFT], wanted.status),
        totals=[
            TotalsRow(kind_word(one.kind), one)
            for one in document_totals(provider.id, query, today=today)
        ],
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + older if older else "",
        csv_url=reverse(f"{portal}-documents-csv") + wanted.query(before=None),
        zip_url=reverse(f"{portal}-documents-zip") + wanted.query(before=None),
        seller_url=reverse("provider-seller") if role == ProviderRole.OWNER else "",
        texts_url=reverse("provider-mail-texts") if role in MAY_WRITE else "",
        lacks_seller=is_staff and not legal_identity(provider.id).is_complete,
    )


def _xml(public_id: str, portal: str) -> list[XmlLink]:
    named = {"cii": "CII (Factur-X)", "ubl": "UBL"}
    address = {"document": public_id}
    return [
        XmlLink(
            named[syntax], reverse(f"{portal}-document-xml", kwargs={**address, "syntax": syntax})
        )
        for syntax in SYNTAXES
    ]


def _choices(known: Sequence[tuple[str, object]], chosen: str) -> list[Choice]:
    first = Choice(value="", label=_("All"), is_chosen=not chosen)
    return [first, *(Choice(value, str(label), value == chosen) for value, label in known)]


def _today(provider: ProviderView, now: datetime) -> date:
    return now.astimezone(ZoneInfo(provider.time_zone)).date()
