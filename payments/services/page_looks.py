"""What a gateway's own page is told of who is paid and who pays, so that it looks like part of the same shop."""

from __future__ import annotations

from typing import TypedDict

from payments.services.transactions import own_transaction
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id


class PageLook(TypedDict):
    """The provider's name, and the tenant's language."""

    brand: str
    language: str


def page_look(provider_id: int, tenant_id: int) -> PageLook:
    """Return how a page of a gateway looks.

    Args:
        provider_id: who is paid; no transaction is open.
        tenant_id: who pays.
    """
    with own_transaction(provider_id):
        tenant = tenant_by_id(provider_id, tenant_id)
        return PageLook(brand=provider_view(provider_id).name, language=tenant.language)
