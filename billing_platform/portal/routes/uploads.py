"""Routes of a provider's uploaded usage files."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import uploads

ROUTES = (
    path("provider/uploads/", uploads.uploads, name="provider-uploads"),
    path("provider/uploads.csv", uploads.uploads_csv, name="provider-uploads-csv"),
    path("provider/uploads/new", uploads.new_upload, name="provider-upload-new"),
    path(
        "provider/uploads/samples/<slug:sample>",
        uploads.sample_download,
        name="provider-upload-sample",
    ),
    path("provider/uploads/<int:upload_id>/", uploads.upload, name="provider-upload"),
    path(
        "provider/uploads/<int:upload_id>/rows.csv",
        uploads.upload_rows,
        name="provider-upload-rows",
    ),
    path("provider/uploads/<int:upload_id>/cancel", uploads.cancel, name="provider-upload-cancel"),
    path("provider/uploads/<int:upload_id>/again", uploads.again, name="provider-upload-again"),
)
