"""What browsers are told: no inline style or script, no foreign host, no framing; and over HTTPS only in production."""

from typing import Any

from csp.constants import NONE, SELF

YEAR_S = 31_536_000


def content_security_policy() -> dict[str, Any]:
    """Return django-csp's policy; Tabler's style sheet draws its marks from `data:` pictures."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
        }
    }


def https_settings() -> dict[str, Any]:
    """Return what holds where every page comes over HTTPS, behind a proxy that says so."""
    return {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SECURE_HSTS_SECONDS": YEAR_S,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
    }
