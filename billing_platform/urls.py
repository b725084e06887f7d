"""The routes of the web process."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("billing_platform.api.urls")),
    path("hooks/", include("payments.urls")),
    path("", include("billing_platform.portal.urls")),
    path("", include("tenants.urls")),
    path("accounts/", include("allauth.urls")),
    path("hijack/", include("hijack.urls")),
]
# Without the secret anybody could tell of bounces.
if getattr(settings, "ANYMAIL", {}).get("WEBHOOK_SECRET"):
    urlpatterns += [path("hooks/mail/", include("anymail.urls"))]
if settings.DEMO:  # the demo sends no mail, it shows it
    urlpatterns += [path("demo/", include("billing_platform.demo.urls"))]
handler400 = "billing_platform.portal.views.errors.bad_request"
handler500 = "billing_platform.portal.views.errors.server_error"
