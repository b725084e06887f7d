"""What management commands of several parts ask for alike."""

from __future__ import annotations

from django.core.management.base import CommandError

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import system_scope
from tenants.selectors.providers import provider_id_by_slug, provider_ids


def providers_named(slug: str | None) -> list[int]:
    """Return the provider that a command's argument names, or all of them without one.

    Args:
        slug: its short name, or None.

    Raises:
        CommandError: no provider has it.
    """
    if slug is None:
        with system_scope():
            return provider_ids()
    try:
        return [provider_id_by_slug(slug)]
    except DomainError as error:
        raise CommandError(error.message) from error
