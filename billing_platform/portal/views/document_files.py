"""What people keep of documents: PDF, HTML, and a ZIP of PDFs; for customers and for the provider's people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.document_files import zip_parts, zip_refusal
from billing_platform.portal.pages.documents_filter import DocumentFilter
from billing_platform.portal.pages.payments import client_number
from invoicing.errors import DocumentNotFound, FileDamaged, FileMissing
from invoicing.selectors.documents import whole_document
from invoicing.selectors.files import document_pdf
from invoicing.services.files import print_view
from tenants.access import provider_member, streamed, tenant_member
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponseBase

    from invoicing.selectors.documents import DocumentQuery
    from tenants.access import MemberRequest, ProviderRequest, TenantRequest

Answer = TypeVar("Answer", bound="HttpResponseBase")


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_document_pdf(request: TenantRequest, document: str) -> HttpResponse:
    """Send the PDF of one of the customer's documents."""
    return _pdf(request, document, "billing-document", request.tenant.id)


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_document_print(request: TenantRequest, document: str) -> HttpResponseBase:
    """Show one of the customer's documents as it is printed."""
    return _print(request, document, request.tenant.id)


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_documents_zip(request: TenantRequest) -> HttpResponseBase:
    """Send the PDFs of all of the customer's documents that match."""
    query = DocumentFilter.of(request.GET).wanted(request.tenant.id)
    return _zip(request, query, "billing-documents")


@require_safe
@provider_member(*ProviderRole)
def staff_document_pdf(request: ProviderRequest, document: str) -> HttpResponse:
    """Send the PDF of a document."""
    return _pdf(request, document, "provider-document", None)


@require_safe
@provider_member(*ProviderRole)
def staff_document_print(request: ProviderRequest, document: str) -> HttpResponseBase:
    """Show a document as it is printed."""
    return _print(request, document, None)


@require_safe
@provider_member(*ProviderRole)
def staff_documents_zip(request: ProviderRequest) -> HttpResponseBase:
    """Send the PDFs of all documents that match."""
    wanted = DocumentFilter.of(request.GET)
    query = wanted.wanted(client_number(request.provider.id, wanted.client))
    return _zip(request, query, "provider-documents")


def _pdf(request: MemberRequest, document: str, page: str, tenant_id: int | None) -> HttpResponse:
    try:
        file = document_pdf(request.provider.id, document, tenant_id=tenant_id)
    except DocumentNotFound as error:
        raise Http404 from error
    except (FileMissing, FileDamaged) as error:
        # Its page says more, and offers the document as HTML.
        messages.warning(request, str(error))
        return redirect(page, document=document)
    response = HttpResponse(file.content, content_type="application/pdf")
    return _kept(response, file.name)


def _print(request: MemberRequest, document: str, tenant_id: int | None) -> HttpResponseBase:
    provider_id = request.provider.id
    try:
        whole = whole_document(provider_id, document, today=_today(request), tenant_id=tenant_id)
    except DocumentNotFound as error:
        raise Http404 from error
    page = print_view(provider_id=provider_id, document=whole)
    # Nothing but its own style and its pictures, which are inside.
    closed = ("default", "script", "connect", "font", "manifest")
    policy = {
        **{f"{name}-src": [NONE] for name in closed},
        "img-src": ["data:"],
        "style-src": [page.style_source],
        "form-action": [NONE],
    }

    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(page.html)

    return csp_replace(policy)(answer)(request)


def _zip(request: MemberRequest, query: DocumentQuery, page: str) -> HttpResponseBase:
    today = _today(request)
    refusal = zip_refusal(request.provider.id, query, today)
    if refusal:
        messages.warning(request, refusal)
        path = redirect(page)
        path["Location"] += f"?{request.GET.urlencode()}" if request.GET else ""
        return path
    parts = partial(zip_parts, request.provider.id, query, today)
    response = StreamingHttpResponse(streamed(request, parts), content_type="application/zip")
    return _kept(response, "invoices.zip")


def _kept(response: Answer, name: str) -> Answer:
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _today(request: MemberRequest) -> date:
    return now().astimezone(ZoneInfo(request.provider.time_zone)).date()
