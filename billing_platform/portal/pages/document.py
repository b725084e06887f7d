"""One document whole, as its customer and the provider's people see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.urls import reverse

from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.pages.document_corrections import document_corrections
from billing_platform.portal.pages.document_files import DocumentFiles, document_files
from billing_platform.portal.pages.document_mails import document_mails
from billing_platform.portal.pages.document_story import document_story
from billing_platform.portal.pages.documents import kind_word
from invoicing.einvoice.xml import SYNTAXES
from invoicing.selectors.documents import whole_document
from invoicing.selectors.einvoices import is_of_a_kind, sends_einvoices, why_no_einvoice
from invoicing.services.refusals import refusal_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from billing_platform.portal.pages.document_corrections import DocumentCorrections
    from billing_platform.portal.pages.document_mails import DocumentMails
    from billing_platform.portal.pages.document_story import DocumentStory
    from invoicing.types import WholeDocument
    from tenants.types import ProviderView, TenantView


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
        refusal: why a draft cannot be issued, for the provider's people.
        corrections: credit notes by hand and write-offs of an invoice that is owed, for the provider's people.
    """

    whole: WholeDocument
    kind: str
    pill: str
    list_url: str
    files: DocumentFiles
    story: DocumentStory
    xml: Sequence[XmlLink] = ()
    no_xml: str = ""
    mails: DocumentMails | None = None
    client: TenantView | None = None
    register_url: str = ""
    refusal: str = ""
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


def document_page(
    provider: ProviderView,
    public_id: str,
    *,
    now: datetime,
    tenant: TenantView | None = None,
    role: str = "",
    user_id: int = 0,
) -> DocumentPage:
    """Return one document, by a fixed number of queries.

    Args:
        provider: whose; its scope, or the tenant's, is open.
        public_id: which.
        now: the present moment.
        tenant: the customer who asks; None for the provider's people.
        role: of the one of the provider's people who asks.
        user_id: number of that person.

    Raises:
        DocumentNotFound: the provider, or the tenant, has no such document.
    """
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    is_staff, zone = tenant is None, (tenant or provider).time_zone
    tenant_id = tenant.id if tenant else None
    whole = whole_document(provider.id, public_id, today=today, tenant_id=tenant_id)
    clients = tenants_by_id(provider.id, [whole.head.tenant_id]) if is_staff else {}
    is_xml = is_of_a_kind(whole) and sends_einvoices(provider.id)
    no_xml = why_no_einvoice(whole) if is_xml else ""
    portal = "provider" if is_staff else "billing"
    corrections = (
        document_corrections(
            provider.id, whole.head, role=role, user_id=user_id, zone=provider.time_zone
        )
        if is_staff
        else None
    )
    mails = document_mails(provider.id, whole.head, role=role, zone=zone) if is_staff else None
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
        refusal=refusal_of(provider.id, whole.head) if is_staff else "",
        corrections=corrections,
        mails=mails,
        story=document_story(
            provider.id,
            whole,
            mails,
            portal=portal,
            zone=zone,
            today=today,
            # Beside its reason and who decided it stands a note by hand already.
            shown={row.row.note for row in corrections.rows} if corrections else frozenset(),
        ),
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
