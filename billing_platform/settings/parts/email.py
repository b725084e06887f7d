"""Mail out: a server or service named by `EMAIL_URL`, else files in a folder that the demo shows on a page."""

from pathlib import Path
from typing import Any

from billing_platform.settings.environment import env


def email_settings(var_dir: Path) -> dict[str, Any]:
    """Return Django's mail settings.

    Args:
        var_dir: the files of mails lie in its folder `mail`.

    Returns:
        The settings of `EMAIL_URL` (`smtp+tls://user:password@host:587`), of a mail service by `EMAIL_BACKEND` and
        `ANYMAIL` (JSON), else of the file backend.
    """
    common = {
        "DEFAULT_FROM_EMAIL": env.str("DEFAULT_FROM_EMAIL", "billing@localhost"),
        "EMAIL_TIMEOUT": 20,
        "ANYMAIL": env.json("ANYMAIL", {}),
    }
    if env.str("EMAIL_BACKEND", ""):
        return {**common, "EMAIL_BACKEND": env.str("EMAIL_BACKEND")}
    if env.str("EMAIL_URL", ""):
        named = env.email_url("EMAIL_URL")
        return {**common, **{name: value for name, value in named.items() if name != "OPTIONS"}}
    return {
        **common,
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(var_dir / "mail"),
    }
