"""The landing zone of gateways' webhooks: verified raw, stored once, answered at once."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.rate_limits import may_try
from payments.errors import WebhookRejected
from payments.models.webhook_event import BODY_BYTES_MAX
from payments.services.webhooks import receive_webhook
from tenants.access import public

if TYPE_CHECKING:
    from django.http import HttpRequest

_log: Final = logging.getLogger(__name__)
# Refusals of one connection; what is signed well is always taken.
REFUSALS_MOST: Final = 120
PER_S: Final = 60
_TOO_BIG: Final = b"\0" * (BODY_BYTES_MAX + 1)


@csrf_exempt
@require_POST
@public
def webhook(request: HttpRequest, gateway: str, token: str) -> HttpResponse:
    """Take a delivery in: 200 when it is stored, 400 or 429 if it is not the gateway's, 404 at nobody's address."""
    try:
        receive_webhook(
            gateway=gateway, token=token, body=_body(request), headers=request.headers, now=now()
        )
    except WebhookRejected as error:
        return HttpResponse(status=_status_of(error, gateway), content_type="text/plain")
    except DomainError as error:
        # Why it was refused is nobody's business outside.
        return HttpResponse(status=error.http_status, content_type="text/plain")
    return HttpResponse(status=200, content_type="text/plain")


def _status_of(error: WebhookRejected, gateway: str) -> int:
    """Log why a delivery is refused, and return its status; beyond the limit it is 429 without a reason in the log."""
    is_within = may_try(
        what="hook", who=str(error.connection_id), most=REFUSALS_MOST, per_s=PER_S, now=now()
    )
    if not is_within:
        return HTTPStatus.TOO_MANY_REQUESTS
    words = "Refused a webhook of %s at connection %s: %s"
    _log.warning(words, gateway, error.connection_id, error.reason)
    return error.http_status


def _body(request: HttpRequest) -> bytes:
    """Return the raw body, never more than one byte beyond what is taken."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and len(length) < 12 and int(length) > BODY_BYTES_MAX:
        return _TOO_BIG
    return request.read(BODY_BYTES_MAX + 1)
