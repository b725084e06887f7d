"""The landing zone of gateways' webhooks: verified raw, stored once, answered at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from payments.models.webhook_event import BODY_BYTES_MAX
from payments.services.webhooks import receive_webhook
from tenants.access import public

if TYPE_CHECKING:
    from django.http import HttpRequest

_TOO_BIG: Final = b"\0" * (BODY_BYTES_MAX + 1)


@csrf_exempt
@require_POST
@public
def webhook(request: HttpRequest, gateway: str, token: str) -> HttpResponse:
    """Take a delivery in: 200 when it is stored, 400 when it is not the gateway's, 404 when the address is nobody's."""
    try:
        receive_webhook(
            gateway=gateway, token=token, body=_body(request), headers=request.headers, now=now()
        )
    except DomainError as error:
        # Why it was refused is nobody's business outside.
        return HttpResponse(status=error.http_status, content_type="text/plain")
    return HttpResponse(status=200, content_type="text/plain")


def _body(request: HttpRequest) -> bytes:
    """Return the raw body, never more than one byte beyond what is taken."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and len(length) < 12 and int(length) > BODY_BYTES_MAX:
        return _TOO_BIG
    return request.read(BODY_BYTES_MAX + 1)
