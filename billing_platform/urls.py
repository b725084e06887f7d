"""The routes of the web process."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("billing_platform.portal.urls")),
]
if settings.DEMO:  # the demo sends no mail, it shows it
    urlpatterns += [path("demo/", include("billing_platform.demo.urls"))]
handler500 = "billing_platform.portal.views.errors.server_error"
