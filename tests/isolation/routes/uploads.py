"""A provider's uploaded usage files."""

from __future__ import annotations

from typing import Final

from tests.isolation.routes.route import STAFF, Route

SENDERS: Final = ("owner", "billing")
UPLOAD: Final = ("upload_id",)

ROUTES = (
    Route("provider-uploads", "provider", STAFF),
    Route("provider-uploads-csv", "provider", STAFF),
    Route("provider-upload-new", "provider", SENDERS),
    Route("provider-upload-sample", "provider", STAFF, args={"sample": "focus"}),
    Route("provider-upload", "provider", STAFF, things=UPLOAD),
    Route("provider-upload-rows", "provider", STAFF, things=UPLOAD),
    Route("provider-upload-cancel", "provider", SENDERS, "post", things=UPLOAD),
    Route("provider-upload-again", "provider", SENDERS, "post", things=UPLOAD),
)
