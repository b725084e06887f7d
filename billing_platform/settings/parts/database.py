"""One PostgreSQL, four login roles: each process connects with its own role on the alias `default`."""

import os
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from billing_platform import embedded

ROLES = ("owner", "app", "worker", "ops")
DEVELOPMENT_PASSWORDS = {"app": "app", "worker": "worker", "ops": "ops"}
# A session that died in the middle of a job must not keep the rows that it had locked. Compiling a statement (jit)
# takes longer than any of ours runs.
SESSION_OPTIONS = "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC -c jit=off"

# Gunicorn ends a worker after 60 s without a word to its visitor. Whoever waits for a page is told before that: that
# somebody else holds what it wants to change, or that a statement takes too long. Jobs wait; nobody waits for them.
PAGE_OPTIONS = " -c lock_timeout=15s -c statement_timeout=50s"
PAGE_ROLES = ("app", "ops")


def owner_url(*, required: bool = False) -> str:
    """Return the owner's URL: `DATABASE_URL`, else that of the embedded server, which may not be running yet.

    Args:
        required: True where a server must be named, as in production.

    Raises:
        ImproperlyConfigured: none is named and one is required.
    """
    url = os.environ.get("DATABASE_URL")
    if not url and required:
        raise ImproperlyConfigured("DATABASE_URL must name the database, with the owner's login.")
    return url or embedded.owner_url()


def role_url(owner_url: str, role: str, *, development: bool = True) -> str:
    """Return the database URL of a login role.

    Args:
        owner_url: the URL of the owner, `postgres://user:password@host:port/name`.
        role: one of `ROLES`.
        development: whether the passwords of a developer's machine may stand in for missing ones.

    Returns:
        `DATABASE_URL_<ROLE>` when it is set, else the owner's URL with the role's name and its password
        from `DATABASE_PASSWORD_<ROLE>`.

    Raises:
        ImproperlyConfigured: there is no such role, or no password for it.
    """
    if role not in ROLES:
        raise ImproperlyConfigured(
            f"DATABASE_ROLE is {role!r}; it must be one of {', '.join(ROLES)}."
        )
    if role == "owner":
        return owner_url
    explicit = os.environ.get(f"DATABASE_URL_{role.upper()}")
    if explicit:
        return explicit
    fallback = DEVELOPMENT_PASSWORDS[role] if development else ""
    password = os.environ.get(f"DATABASE_PASSWORD_{role.upper()}") or fallback
    if not password:
        raise ImproperlyConfigured(
            f"Set DATABASE_URL_{role.upper()} or DATABASE_PASSWORD_{role.upper()}."
        )
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"billing_{role}:{quote(password, safe='')}@{host}"))


def database_settings(owner_url: str, role: str, *, development: bool = True) -> dict[str, Any]:
    """Return Django's settings of one connection; connections live on, the scope of a request only in a transaction."""
    config: dict[str, Any] = environ.Env.db_url_config(
        role_url(owner_url, role, development=development)
    )
    options = dict(config.get("OPTIONS", {}))
    config["HOST"] = options.pop(
        "host", config["HOST"]
    )  # a Unix socket's folder comes as a parameter
    config["PORT"] = options.pop("port", config["PORT"])
    config["CONN_MAX_AGE"] = int(os.environ.get("DATABASE_CONN_MAX_AGE", "600"))
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        **options,
        "options": SESSION_OPTIONS + (PAGE_OPTIONS if role in PAGE_ROLES else ""),
        "application_name": f"billing-{role}",
    }
    return config
