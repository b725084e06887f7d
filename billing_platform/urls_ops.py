"""The routes of the operators' process: the Django admin, which runs on a port and with a database role of its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="ops-home"),
    path("ops/", admin.site.urls),
]
handler400 = "billing_platform.ops_errors.bad_request"
handler403 = "billing_platform.ops_errors.permission_denied"
handler404 = "billing_platform.ops_errors.page_not_found"
handler500 = "billing_platform.ops_errors.server_error"
