"""Customers' tax numbers: stored once their form is right, and handed to the check."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.db import transaction

from billing_platform.kernel.scope import provider_scope
from tax.errors import NoRegister, NumberNotFound, TooManyNumbers
from tax.models import TaxNumber
from tax.rules.places import EU_MEMBERS
from tax.services.tax_ids import checked_number
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

CHECK_TASK: Final = "tax.check_number"
NUMBERS_MAX: Final = 10


def add_number(
    *, provider_id: int, tenant_id: int, country: str, number: str, now: datetime
) -> str:
    """Store a customer's tax number and have it checked where its register can be asked.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose number.
        country: ISO 3166, two letters.
        number: as it was entered.
        now: the present moment.

    Returns:
        The number's public id.

    Raises:
        TenantNotFoundError: no such tenant in this scope.
        InvalidNumber: the country gives no such number.
        TooManyNumbers: the customer has 10 already.

    Idempotency: by country and number while the customer uses it.
    """
    tenant_by_id(provider_id, tenant_id)
    checked = checked_number(country, number)
    own = {"provider_id": provider_id, "tenant_id": tenant_id, "removed_at": None}
    with provider_scope(provider_id):
        rows = TaxNumber.objects.filter(
            provider_id=provider_id, tenant_id=tenant_id, removed_at__isnull=True
        )
        if rows.exclude(country=country, number=checked).count() >= NUMBERS_MAX:
            raise TooManyNumbers
        row, is_new = TaxNumber.objects.get_or_create(
            **own,
            country=country,
            number=checked,
            defaults={
                "created_at": now,
                "next_check_at": now if country in EU_MEMBERS else None,
            },
        )
    if is_new and row.next_check_at is not None:
        _ring(provider_id, row.pk)
    return row.public_id


def remove_number(*, provider_id: int, tenant_id: int, public_id: str, now: datetime) -> None:
    """Stop using a number; its checks stay as evidence.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose number.
        public_id: which.
        now: the present moment.

    Raises:
        NumberNotFound: the customer has no such number.

    Idempotency: one that is removed stays so.
    """
    with provider_scope(provider_id):
        row = locked_number(provider_id, tenant_id, public_id)
        if row.removed_at is None:
            TaxNumber.objects.filter(pk=row.pk).update(removed_at=now, next_check_at=None)


def ask_again(*, provider_id: int, tenant_id: int, public_id: str, now: datetime) -> None:
    """Have a number checked at once.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose number.
        public_id: which.
        now: the present moment.

    Raises:
        NumberNotFound: the customer has no such number.
        NoRegister: its country's register cannot be asked.

    Idempotency: one question, however often it is wished for before it is put.
    """
    with provider_scope(provider_id):
        row = locked_number(provider_id, tenant_id, public_id)
        if row.removed_at is not None:
            raise NumberNotFound
        if row.country not in EU_MEMBERS:
            raise NoRegister
        TaxNumber.objects.filter(pk=row.pk).update(next_check_at=now)
    _ring(provider_id, row.pk)


def locked_number(provider_id: int, tenant_id: int, public_id: str) -> TaxNumber:
    """Return a customer's number, locked; for the services that change it.

    Args:
        provider_id: whose customer; its scope is open.
        tenant_id: whose number.
        public_id: which.

    Raises:
        NumberNotFound: the customer has no such number.
    """
    row = (
        TaxNumber.objects.select_for_update()
        .filter(provider_id=provider_id, tenant_id=tenant_id, public_id=public_id)
        .first()
    )
    if row is None:
        raise NumberNotFound
    return row


def _ring(provider_id: int, number_id: int) -> None:
    # A lost bell costs a minute: the sweep finds what is due.
    ids = {"provider_id": provider_id, "number_id": number_id}
    send = partial(
        current_app.send_task,
        CHECK_TASK,
        kwargs=ids,
        retry=False,
        expires=60,
        ignore_result=True,
    )
    transaction.on_commit(send, robust=True)
