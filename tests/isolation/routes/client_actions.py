"""What a provider's people do for a client."""

from __future__ import annotations

from tests.isolation.routes.route import Route

POSTS = ("owner", "billing")
SUSPENDS = ("owner", "support")

ROUTES = (
    Route("provider-approvals", "provider", POSTS),
    Route("provider-approval-approve", "provider", POSTS, "post", is_missing=True),
    Route("provider-approval-decline", "provider", POSTS, "post", is_missing=True),
    Route("provider-client-credit", "provider", POSTS, tenant_arg="public_id"),
    Route("provider-client-correct", "provider", POSTS, tenant_arg="public_id"),
    Route("provider-client-suspend", "provider", SUSPENDS, tenant_arg="public_id"),
    Route("provider-client-resume", "provider", SUSPENDS, "post", tenant_arg="public_id"),
)
