"""One PostgreSQL, four login roles: each process connects with its own role on the alias `default`."""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ

ROLES = ("owner", "app", "worker", "ops")
DEVELOPMENT_PASSWORDS = {"app": "app", "worker": "worker", "ops": "ops"}


def role_url(owner_url: str, role: str) -> str:
    """Return the database URL of a login role.

    Args:
        owner_url: the URL of the owner, `postgres://user:password@host:port/name`.
        role: one of `ROLES`.

    Returns:
        `DATABASE_URL_<ROLE>` when it is set, else the owner's URL with the role's name and its password
        from `DATABASE_PASSWORD_<ROLE>`.
    """
    if role == "owner":
        return owner_url
    explicit = os.environ.get(f"DATABASE_URL_{role.upper()}")
    if explicit:
        return explicit
    password = os.environ.get(f"DATABASE_PASSWORD_{role.upper()}", DEVELOPMENT_PASSWORDS[role])
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"billing_{role}:{password}@{host}"))


def database_settings(owner_url: str, role: str) -> dict[str, Any]:
    """Return Django's settings of one connection; the scope of a request lives in a transaction, so none is persistent."""
    config: dict[str, Any] = environ.Env.db_url_config(role_url(owner_url, role))
    config["CONN_MAX_AGE"] = int(os.environ.get("DATABASE_CONN_MAX_AGE", "600"))
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        **config.get("OPTIONS", {}),
        "options": "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        "application_name": f"billing-{role}",
    }
    return config
