"""Electronic invoices to download, for customers and for the provider's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from invoicing.einvoice.xml import SYNTAXES, einvoice_xml
from invoicing.errors import DocumentNotFound, EInvoiceRefused
from invoicing.selectors.documents import whole_document
from invoicing.selectors.einvoices import sends_einvoices
from tenants.access import provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from tenants.access import ProviderRequest, TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_document_xml(request: TenantRequest, document: str, syntax: str) -> HttpResponse:
    """Send the customer's electronic invoice."""
    return _xml(request.provider.id, document, syntax, tenant_id=request.tenant.id)


@require_safe
@provider_member(*ProviderRole)
def document_xml(request: ProviderRequest, document: str, syntax: str) -> HttpResponse:
    """Send an electronic invoice."""
    return _xml(request.provider.id, document, syntax)


def _xml(
    provider_id: int, document: str, syntax: str, *, tenant_id: int | None = None
) -> HttpResponse:
    known = next((each for each in SYNTAXES if each == syntax), None)
    if known is None or not sends_einvoices(provider_id):
        raise Http404
    try:
        # The day decides nothing that is printed.
        whole = whole_document(provider_id, document, today=now().date(), tenant_id=tenant_id)
        xml = einvoice_xml(whole, known)
    except (DocumentNotFound, EInvoiceRefused) as error:
        raise Http404 from error
    name = f"{whole.head.number.replace('/', '-')}-{known}.xml"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(xml, content_type="application/xml; charset=utf-8", headers=headers)
