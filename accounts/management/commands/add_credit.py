"""Credit a tenant's wallet by hand, once per key."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.credits import add_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_id_by_slug
from tenants.selectors.tenants import tenant_by_external_id

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from accounts.types import PostingResult


class Command(BaseCommand):
    help = "Credit a tenant's wallet. The same key posts once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, help="slug")
        parser.add_argument("--tenant", required=True, help="external id")
        parser.add_argument("--amount", required=True, help="in major units, for instance 25.00")
        parser.add_argument("--currency", required=True)
        parser.add_argument("--reason", required=True)
        parser.add_argument("--key", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            amount = Money.from_major(_decimal(options["amount"]), options["currency"])
            result = _add(options, amount)
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            (balance,) = result.balances.values() or (None,)
            self.stdout.write(
                json.dumps(
                    {
                        "posting": result.posting_id,
                        "created": result.created,
                        "amount_minor": amount.amount_minor,
                        "currency": amount.currency,
                        "balance_minor": balance,
                    }
                )
            )
        verb = "Posted" if result.created else "Was posted before"
        self.stderr.write(f"{verb}: {amount} for {options['tenant']}.")


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"{text} is not an amount.") from error


def _add(options: dict[str, Any], amount: Money) -> PostingResult:
    provider_id = provider_id_by_slug(options["provider"])
    with provider_scope(provider_id):
        tenant = tenant_by_external_id(provider_id, options["tenant"])
        return add_credit(
            provider_id=provider_id,
            tenant_id=tenant.id,
            amount=amount,
            reason=options["reason"],
            key=options["key"],
            now=now(),
        )
