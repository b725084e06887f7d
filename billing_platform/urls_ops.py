"""The routes of the operators' process: the Django admin, which runs on a port and with a database role of its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from tenants.ops_forms import OpsLoginForm

admin.site.site_header = "Platform"
admin.site.login_form = OpsLoginForm
admin.site.login_template = "tenants/ops_login.html"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="ops-home"),
    path("ops/", admin.site.urls),
]
handler400 = "billing_platform.ops_errors.bad_request"
handler403 = "billing_platform.ops_errors.permission_denied"
handler404 = "billing_platform.ops_errors.page_not_found"
handler500 = "billing_platform.ops_errors.server_error"
