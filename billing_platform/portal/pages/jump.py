"""What a word leads to, for who types it: pages of the menu, clients, invoices by number, payments by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.address import address_text
from billing_platform.portal.pages.documents import kind_word
from invoicing.selectors.documents import documents_by_number
from payments.selectors.payments import payments_by_word
from tenants.selectors.tenants import tenants_by_id
from usage.selectors.directory import TenantQuery, find_tenants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from billing_platform.portal.context import NavItem
    from tenants.types import ProviderView

WORD_MAX: Final = 100
_CLIENTS: Final = 6
_PAGES: Final = 6
# Numbers of invoices and ids of payments are longer than most beginnings of names.
_NUMBER_MIN: Final = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to jump to; `detail` tells it from others of its name."""

    label: str
    detail: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class JumpPage:
    """What was typed and where it leads."""

    word: str
    hits: Sequence[Hit]
    path: str


def jump_page(
    provider: ProviderView,
    tenant_id: int | None,
    pages: Iterable[NavItem],
    word: str,
    *,
    is_admin: bool,
    now: datetime,
) -> JumpPage:
    """Return where a word leads, by a fixed number of queries.

    Args:
        provider: whose pages these are; its scope, or the tenant's, is open.
        tenant_id: of a customer's person; None for the provider's people.
        pages: the menu of who looks.
        word: as it was typed.
        is_admin: whether a customer's person looks after billing; the provider's people all may look.
        now: the present moment.
    """
    word = " ".join(address_text(word, WORD_MAX).split())
    hits = [
        Hit(item.label, "", item.url, item.icon)
        for item in pages
        if word.casefold() in item.label.casefold()
    ][:_PAGES]
    if word and tenant_id is None:
        hits += _clients(provider.id, word, now)
    if len(word) >= _NUMBER_MIN and (tenant_id is None or is_admin):
        hits += _documents(provider, tenant_id, word, now)
        hits += _payments(provider.id, tenant_id, word)
    return JumpPage(word, hits, reverse("jump"))


def _clients(provider_id: int, word: str, now: datetime) -> list[Hit]:
    query = TenantQuery(search=word, order="name")
    ids = find_tenants(provider_id, query, now=now, after=None, limit=_CLIENTS).ids
    found = tenants_by_id(provider_id, ids)
    return [
        Hit(
            row.name,
            row.external_id,
            reverse("provider-client", kwargs={"public_id": row.public_id}),
            "users",
        )
        for row in (found[tenant_id] for tenant_id in ids if tenant_id in found)
    ]


def _documents(
    provider: ProviderView, tenant_id: int | None, word: str, now: datetime
) -> list[Hit]:
    route = "provider-document" if tenant_id is None else "billing-document"
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    rows = documents_by_number(provider.id, word, today=today, tenant_id=tenant_id)
    return [
        Hit(row.number, kind_word(row.kind), reverse(route, args=[row.public_id]), "file-invoice")
        for row in rows
    ]


def _payments(provider_id: int, tenant_id: int | None, word: str) -> list[Hit]:
    route = "provider-payment" if tenant_id is None else "billing-payment"
    rows = payments_by_word(provider_id, word, tenant_id=tenant_id)
    return [
        Hit(
            word,
            row.description or _("Payment"),
            reverse(route, args=[row.public_id]),
            "credit-card",
        )
        for row in rows
    ]
