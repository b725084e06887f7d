"""What a gateway's own page is told of who is paid and who pays, so that it looks like part of the same shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from payments.services.transactions import own_transaction
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from payments.models import Attempt, MethodSetup


class PageLook(TypedDict):
    """The provider's name, and the tenant's language."""

    brand: str
    language: str


def keep_look(row: Attempt | MethodSetup) -> None:
    """Note in a row that is being opened how its page will look: a question that is repeated has the same body.

    Args:
        row: not saved yet; its provider's scope is open.
    """
    look = _look(row.provider_id, row.tenant_id)
    row.page_brand, row.page_language = look["brand"], look["language"]


def page_look(row: Attempt | MethodSetup) -> PageLook:
    """Return how the page of a payment or a setup looks: as it was noted when it was opened.

    Args:
        row: whose page is asked for; no transaction is open.
    """
    if row.page_language:
        return PageLook(brand=row.page_brand, language=row.page_language)
    # Opened by the version before, which noted nothing.
    with own_transaction(row.provider_id):
        return _look(row.provider_id, row.tenant_id)


def _look(provider_id: int, tenant_id: int) -> PageLook:
    tenant = tenant_by_id(provider_id, tenant_id)
    return PageLook(brand=provider_view(provider_id).name, language=tenant.language)
