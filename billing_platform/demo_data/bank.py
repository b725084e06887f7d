"""What happens on the demo's bank accounts, at its moment of the simulated clock, by the parts' services."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from billing_platform.demo_data.bank_file import FileLine, FileOfBank, invented_iban, write_camt
from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.demo_data.transfers import BANK_STORIES
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.bank_orders import orders_by_request
from invoicing.services.bank_orders import (
    cancel_bank_order,
    expire_bank_orders,
    open_bank_order,
)
from invoicing.services.payment_documents import issue_payment_documents
from invoicing.services.statement_intake import take_statement
from payments.selectors.bank_statements import list_statements
from payments.services.bank_import import StatementFile
from tenants.selectors.providers import legal_identity, provider_id_by_slug
from tenants.selectors.tenants import tenant_ids_by_external_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from billing_platform.demo_data.cast import DemoProvider
    from billing_platform.demo_data.place import Place
    from billing_platform.demo_data.transfers import Booked, Ordered, Paper
    from invoicing.selectors.bank_orders import OrderView

# An order whose money was booked so many days after its order stands on the statement that waits.
_TRANSFER_DAYS: Final = 1


def move_money(place: Place, start: datetime, end: datetime) -> None:
    """Let orders be made and statements be imported whose moment lies in a stretch of the history; no scope is open.

    Args:
        place: where.
        start: the stretch's first moment.
        end: the moment after its last one.
    """
    story = BANK_STORIES.get(place.provider.slug)
    if story is None:
        return
    for order in story.orders:
        if start <= place.ago(days=order.days) < end:
            _order(place, order, place.ago(days=order.days))
    for paper in story.papers:
        if paper.days is not None and start <= place.ago(days=paper.days) < end:
            _import(place, paper, place.ago(days=paper.days))
    for order in story.orders:
        days = order.cancelled_days
        if days is not None and start <= place.ago(days=days) < end:
            _cancel(place, order, place.ago(days=days))
    expire_bank_orders(provider_id=place.provider_id, now=start)


def waiting_statement(slug: str) -> tuple[str, bytes] | None:
    """Return name and content of the statement that nobody has imported yet; None where the demo is not made.

    Args:
        slug: of a provider of the demo.
    """
    provider = next((each for each in PROVIDERS if each.slug == slug), None)
    if provider is None or slug not in BANK_STORIES:
        return None
    provider_id, paper = provider_id_by_slug(slug), BANK_STORIES[slug].waiting
    with provider_scope(provider_id):
        orders = _orders(provider, provider_id)
        named = [orders[line.order] for line in paper.lines if line.order in orders]
        days = [each.document.issued_on for each in named if each.document.issued_on]
        if len(named) < len([line for line in paper.lines if line.order]):
            return None
        day = max(days) + timedelta(days=_TRANSFER_DAYS)
        return _name(provider, paper), _written(provider, provider_id, paper, day)


def _order(place: Place, order: Ordered, at: datetime) -> str:
    """Return the proforma of an order, made when there is none."""
    with provider_scope(place.provider_id):
        ids = tenant_ids_by_external_id(place.provider_id, [order.client])
    return open_bank_order(
        provider_id=place.provider_id,
        tenant_id=ids[order.client],
        amount=Money.from_major(Decimal(order.amount), place.provider.currency),
        code="",
        request_key=_request_key(order.key),
        opened_by=None,
        now=at,
    )


def _cancel(place: Place, order: Ordered, at: datetime) -> None:
    cancel_bank_order(
        provider_id=place.provider_id,
        public_id=_order(place, order, at),
        tenant_id=None,
        now=at,
    )


def _import(place: Place, paper: Paper, at: datetime) -> None:
    provider, provider_id = place.provider, place.provider_id
    name = _name(provider, paper)
    with provider_scope(provider_id):
        # Half-made demos are completed: then it may be there, with the days of that run.
        if name in {each.name for each in list_statements(provider_id)}:
            return
        data = _written(provider, provider_id, paper, at.date())
    file = StatementFile(name=name, data=data, format="camt053")
    take_statement(provider_id=provider_id, file=file, user_id=None, now=at)
    issue_payment_documents(provider_id=provider_id, now=at)


def _written(provider: DemoProvider, provider_id: int, paper: Paper, day: date) -> bytes:
    opening = BANK_STORIES[provider.slug].opening_of(paper)
    orders = _orders(provider, provider_id)
    lines = [
        _line(provider, paper, number, line, orders)
        for number, line in enumerate(paper.lines, start=1)
    ]
    return write_camt(
        FileOfBank(
            iban=legal_identity(provider_id).bank_iban,
            number=f"{provider.slug.upper()}-{paper.number:03d}",
            day=day,
            opening=Money.from_major(opening, provider.currency),
            lines=lines,
        )
    )


def _line(
    provider: DemoProvider,
    paper: Paper,
    number: int,
    line: Booked,
    orders: Mapping[str, OrderView],
) -> FileLine:
    places = {row.external_id: at for at, row in enumerate(provider.tenants, start=1)}
    names = {row.external_id: row.name for row in provider.tenants}
    reference = orders[line.order].reference if line.order else ""
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    # Strangers have numbers behind those of the clients.
    own = places.get(line.client, 100 * paper.number + number)
    return FileLine(
        amount=Money.from_major(Decimal(line.amount), provider.currency),
        bank_ref=f"{provider.slug[:3].upper()}{paper.number:03d}{number:03d}",
        name=names.get(line.client, line.name),
        iban=invented_iban("GB" if provider.currency == "USD" else "DE", own),
        reference="" if "{reference}" in line.text else reference,
        text=line.text.replace("{reference}", spaced),
        reason=line.reason,
    )


def _orders(provider: DemoProvider, provider_id: int) -> dict[str, OrderView]:
    """Return the orders of the story that are made so far, by their keys."""
    keys = {_request_key(order.key): order.key for order in BANK_STORIES[provider.slug].orders}
    found = orders_by_request(provider_id, keys)
    return {keys[key]: view for key, view in found.items()}


def _request_key(key: str) -> str:
    return f"demo:order:{key}"


def _name(provider: DemoProvider, paper: Paper) -> str:
    return f"{provider.slug}-statement-{paper.number}.xml"
