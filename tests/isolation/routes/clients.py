"""A provider's pages about its clients."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ROUTES = (
    Route("provider-clients", "provider", STAFF),
    Route("provider-clients-csv", "provider", STAFF),
    Route("provider-clients-selected", "provider", ("owner", "billing", "support")),
    Route("provider-clients-suspend", "provider", ("owner", "billing", "support"), "post"),
    Route("provider-clients-resume", "provider", ("owner", "billing", "support"), "post"),
    Route("provider-client-new", "provider", ("owner", "billing")),
    Route("provider-client-edit", "provider", ("owner", "billing"), tenant_arg="public_id"),
    Route("provider-client", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-ledger-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-subscriptions", "provider", STAFF, tenant_arg="public_id"),
    Route(
        "provider-client-subscribe",
        "provider",
        ("owner", "billing"),
        "post",
        tenant_arg="public_id",
        data={"starts": "now", "key": "walk"},
        is_refused=True,
    ),
    Route(
        "provider-client-unsubscribe",
        "provider",
        ("owner", "billing"),
        "post",
        tenant_arg="public_id",
        data={"subscription": "0"},
    ),
    Route("provider-client-notes", "provider", STAFF, tenant_arg="public_id"),
    Route(
        "provider-client-note-add",
        "provider",
        ("owner", "billing", "support"),
        "post",
        tenant_arg="public_id",
        data={"text": "Called back", "key": "walk"},
    ),
    Route(
        "provider-client-note-pin",
        "provider",
        ("owner", "billing", "support"),
        "post",
        tenant_arg="public_id",
        data={"note": "0", "pin": "1"},
    ),
    Route("provider-client-activity", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-periods", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-line", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-line-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-events", "provider", STAFF, tenant_arg="public_id"),
)
