"""`POST /events`: usage in."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from billing_platform.api.access import identity_of
from billing_platform.api.at_work import take_place
from billing_platform.api.bodies import read_events, receive
from billing_platform.api.schemas import SEND_EVENTS, EventResults, Problem
from billing_platform.kernel.clock import now
from billing_platform.kernel.idempotency import answer_once
from billing_platform.kernel.scope import provider_scope
from tenants.enums import KeyScope
from usage.enums import Via
from usage.services.ingestion import ingest_cloudevents

router = Router(tags=["Usage"])
_REFUSALS = dict.fromkeys((400, 401, 403, 409, 411, 413, 415, 422, 429, 503), Problem)


@router.post(
    "/events",
    response={200: EventResults, **_REFUSALS},
    openapi_extra=SEND_EVENTS,
    summary="Send usage events",
    operation_id="send_events",
)
def send_events(request: HttpRequest) -> HttpResponse:
    """Take one CloudEvent or a batch of up to 1,000, and answer for each what became of it.

    `accepted`: counted. `duplicate`: the id was known with this content. `conflict`: with other content.
    `rejected`: cannot be taken; see `reason`. `parked`: its tenant or meter is unknown; counted once it is known.
    A bad event never loses the rest of its batch.

    `accepted` with the reason `started_while_suspended`: counted and charged, but its tenant was suspended when the
    resource was started; ask the tenant's entitlement (`may_create`) before one is made.

    Every id counts once, however often it is sent. Who wants the very same answer again as well, after one that was
    lost, sends an `Idempotency-Key`.

    Of one provider only so many calls are worked on at once, and of those above 64 kB fewer. One that comes in beside
    them is answered at once with 429 `too_much_at_once` and `Retry-After`: nothing of it was taken; send it again.
    """
    identity = identity_of(request, KeyScope.USAGE_WRITE)
    # Whole before it is refused or waits for the database: an answer to half a call may be lost on the way.
    size = receive(request)
    at = now()
    with provider_scope(identity.provider_id):
        take_place(identity.provider_id, size=size)
        items = read_events(request)

        def respond() -> HttpResponse:
            results = ingest_cloudevents(
                provider_id=identity.provider_id, items=items, now=at, via=Via.API
            )
            body = msgspec.json.encode({"results": results})
            return HttpResponse(body, content_type="application/json")

        return answer_once(request, provider_id=identity.provider_id, now=at, respond=respond)
