"""The routes of the portals. One URL per action."""

from django.urls import path

from billing_platform.portal.views import brand, theme

urlpatterns = [
    path("theme", theme.set_theme, name="set-theme"),
    path("brand/<str:color>-<str:digest>.css", brand.brand_css, name="brand-css"),
    path("brand/<str:color>-<str:initial>.svg", brand.brand_icon, name="brand-icon"),
]
