"""Routes of the shell around every page."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import brand, home, jump, language, notices, session, theme

ROUTES = (
    path("", home.home, name="home"),
    path("welcome/", home.welcome, name="welcome"),
    path("jump", jump.jump, name="jump"),
    path("notifications/", notices.notifications, name="notifications"),
    path("notifications/read", notices.read_all, name="notifications-read"),
    path("notifications/<int:notice_id>/open", notices.open_one, name="notification-open"),
    path("theme", theme.set_theme, name="set-theme"),
    path("session/stay", session.stay, name="session-stay"),
    path("language", language.set_language, name="set-language"),
    path("brand/<str:color>-<str:digest>.css", brand.brand_css, name="brand-css"),
    path("brand/preview/<str:color>-<str:digest>.css", brand.preview_css, name="brand-preview-css"),
    path("brand/logo/<slug:slug>/<str:name>", brand.brand_logo, name="brand-logo"),
    path("brand/<str:color>-<str:initial>.svg", brand.brand_icon, name="brand-icon"),
)
