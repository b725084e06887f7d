"""Begin a form of ours in which a gateway's own fields lie; `card-form.js` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.views.methods import setup_terms, way_of
from billing_platform.portal.views.payer import payer_of
from payments.services.method_forms import start_method_form
from tenants.access import tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def begin(request: TenantRequest) -> HttpResponse:
    """Give the browser what the gateway's script needs, once per form; the script falls back to the gateway's page."""
    terms = setup_terms(request, way_of(request), "card")
    try:
        form = start_method_form(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            terms=terms,
            payer=payer_of(request),
            now=now(),
        )
    except DomainError as error:
        return _private(JsonResponse({"message": error.message}, status=error.http_status))
    back = terms.return_url.replace("{setup}", form.setup)
    return _private(JsonResponse({"secret": form.client_secret, "back": back}))


def _private(answer: JsonResponse) -> JsonResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
