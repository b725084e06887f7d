"""Pages that other packages bring; none is installed here, so each address names nothing."""

from __future__ import annotations

from tests.isolation.routes.route import EVERYBODY, STAFF, Route

ROUTES = (
    Route("provider-panel", "provider", STAFF, args={"code": "nothing"}, is_missing=True),
    Route("billing-panel", "tenant", EVERYBODY, args={"code": "nothing"}, is_missing=True),
)
