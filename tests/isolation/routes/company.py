"""A provider's pages about itself: settings, team, brand, keys, audit."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

BRAND = {"name": "Nimbus", "brand_color": "#1f5eff"}
SETTING = {"name": "ingestion.late_days"}

ROUTES = (
    Route("provider-audit", "provider", ("owner", "billing")),
    Route("provider-audit-csv", "provider", ("owner", "billing")),
    Route("provider-api-keys", "provider", ("owner",)),
    # A key of nobody; `test_api_keys` tries a stranger's.
    Route("provider-api-key-revoke", "provider", ("owner",), "post", args={"key_id": "999999999"}),
    Route("provider-brand", "provider", STAFF),
    Route("provider-brand-save", "provider", ("owner",), "post", data=BRAND),
    Route("provider-logos", "provider", ("owner",), "post", data={"remove": "light"}),
    Route("provider-host-add", "provider", ("owner",), "post", data={"name": "pay.example.com"}),
    Route("provider-host-check", "provider", ("owner",), "post", args={"host_id": "999999999"}),
    # A host name of nobody; `test_brand` tries a stranger's.
    Route("provider-host-remove", "provider", ("owner",), "post", args={"host_id": "999999999"}),
    Route("provider-seller", "provider", ("owner",)),
    Route("provider-settings", "provider", STAFF),
    Route("provider-setting", "provider", ("owner",), "post", args=SETTING, data={"value": "20"}),
    Route("provider-setting-reset", "provider", ("owner",), "post", args=SETTING),
)
