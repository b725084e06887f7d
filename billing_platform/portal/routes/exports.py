"""Routes of files of long lists, in both portals."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import exports

ROUTES = (
    path("provider/exports/", exports.provider_exports, name="provider-exports"),
    path(
        "provider/exports/<int:export_id>/file",
        exports.provider_file,
        name="provider-export-file",
    ),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:export_id>/file", exports.own_file, name="export-file"),
)
