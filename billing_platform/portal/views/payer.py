"""Who pays, and where a gateway sends them back to, as a request says it. Called by views that open payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from payments.types import PayerDetails

if TYPE_CHECKING:
    from tenants.access import TenantRequest


def payer_of(request: TenantRequest) -> PayerDetails:
    """Return what a gateway is told of who pays.

    Args:
        request: of a signed-in person of the tenant.
    """
    tenant = request.tenant
    return PayerDetails(name=tenant.name, email=request.user.email, reference=tenant.public_id)


def back_url(request: TenantRequest, page: str, part: str) -> str:
    """Return the address to which a gateway sends the browser back, with a place for a public id that is not known yet.

    Args:
        request: of the browser.
        page: name of a route with one part.
        part: what stands there in braces: `payment` or `setup`.
    """
    path = reverse(page, args=["PART"])
    return request.build_absolute_uri(path).replace("PART", f"{{{part}}}")
