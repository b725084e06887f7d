"""Find the one client that somebody typed into a filter. Called by pages that may be narrowed to a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from tenants.selectors.tenants import tenant_ids_by_external_id, tenants_by_id, tenants_by_public_id
from usage.selectors.directory import TenantQuery, find_tenants

if TYPE_CHECKING:
    from datetime import datetime

    from tenants.types import TenantView

_NAMED_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class ClientChoice:
    """The client that is meant, or in words why none is; neither when nothing was typed."""

    client: TenantView | None = None
    problem: str = ""


def choose_client(provider_id: int, text: str, *, now: datetime) -> ClientChoice:
    """Return the client that a text means: its public id, its external id, or words that only it has.

    Args:
        provider_id: whose; its scope is open.
        text: as it was typed.
        now: the present moment.
    """
    if not text:
        return ClientChoice()
    named = tenants_by_public_id(provider_id, [text])
    if not named:
        ids = list(tenant_ids_by_external_id(provider_id, [text]).values())
        ids = ids or _found(provider_id, text, now)
        known = tenants_by_id(provider_id, ids)
        named = [known[tenant_id] for tenant_id in ids if tenant_id in known]
    if len(named) == 1:
        return ClientChoice(named[0])
    if not named:
        return ClientChoice(problem=_("No client is called “%s”, so all are shown.") % text)
    names = ", ".join(f"{row.name} ({row.external_id})" for row in named[:_NAMED_MAX])
    words = _(
        "Several clients are called “%(text)s”: %(names)s. Write the id of one; all are shown."
    )
    return ClientChoice(problem=words % {"text": text, "names": names})


def _found(provider_id: int, text: str, now: datetime) -> list[int]:
    query = TenantQuery(search=text, order="name")
    return find_tenants(provider_id, query, now=now, after=None, limit=_NAMED_MAX + 1).ids
