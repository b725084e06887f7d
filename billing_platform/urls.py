"""The routes of the web process."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("billing_platform.portal.urls")),
]
handler500 = "billing_platform.portal.views.errors.server_error"
