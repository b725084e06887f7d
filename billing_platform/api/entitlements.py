"""`GET /tenants/{external_id}/entitlement`: what a tenant's service may do now."""

from __future__ import annotations

from django.http import HttpRequest  # noqa: TC002 (ninja reads the annotations)
from ninja import Path, Router

from billing_platform.api.access import identity_of
from billing_platform.api.schemas import EntitlementAnswer, Problem
from billing_platform.kernel.scope import provider_scope
from tenants.enums import KeyScope
from tenants.selectors.suspensions import entitlement

router = Router(tags=["Entitlement"])
_REFUSALS = dict.fromkeys((401, 403, 404, 429, 503), Problem)


@router.get(
    "/tenants/{path:external_id}/entitlement",
    response={200: EntitlementAnswer, **_REFUSALS},
    summary="Ask what a client may do",
    operation_id="get_entitlement",
)
def get_entitlement(request: HttpRequest, external_id: Path[str]) -> EntitlementAnswer:
    """Answer whether a client is suspended, since when and why, and what that means for its service."""
    identity = identity_of(request, KeyScope.ENTITLEMENT_READ)
    with provider_scope(identity.provider_id):
        found = entitlement(identity.provider_id, external_id)
    return EntitlementAnswer(
        status=found.status,
        reason=found.reason,
        since=found.since,
        epoch=found.epoch,
        outbound=found.outbound,
        inbound=found.inbound,
        resources=found.resources,
        may_create=found.may_create,
    )
