"""Files of long lists: each person's own, so that another's number names nothing."""

from __future__ import annotations

from tests.isolation.routes.route import EVERYBODY, STAFF, Route

NOBODYS = {"export_id": "1"}

ROUTES = (
    Route("provider-exports", "provider", STAFF),
    Route("provider-export-file", "provider", STAFF, args=NOBODYS, is_missing=True),
    Route("exports", "tenant", EVERYBODY),
    Route("export-file", "tenant", EVERYBODY, args=NOBODYS, is_missing=True),
)
