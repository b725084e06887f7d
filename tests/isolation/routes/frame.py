"""The shell around every page, and the ways in."""

from __future__ import annotations

from tests.isolation.routes.route import EVERYBODY, Route

ROUTES = (
    Route("home", "person"),
    Route("welcome", "tenant", EVERYBODY),
    Route("jump", "person", data={"q": "globex"}),
    Route("notifications", "person"),
    Route("notifications-read", "person", method="post"),
    Route("notification-open", "person", method="post", args={"notice_id": "1"}, is_missing=True),
    Route("session-stay", "public", method="post"),
    Route("set-theme", "public", method="post", data={"theme": "dark"}),
    Route("set-language", "public", method="post", data={"language": "en"}),
    Route(
        "gateway-webhook", "public", method="post", args={"gateway": "stripe", "token": "a" * 43}
    ),
    Route("brand-css", "public", args={"color": "1f5eff", "digest": "0"}),
    Route("brand-preview-css", "public", args={"color": "1f5eff", "digest": "0"}),
    Route("brand-logo", "public", args={"slug": "nimbus", "name": "0.png"}),
    Route("brand-icon", "public", args={"color": "1f5eff", "initial": "N"}),
)
