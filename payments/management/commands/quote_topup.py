"""Say what a top-up would cost; nothing is opened."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.selectors.quotes import quote_topup
from tenants.selectors.providers import provider_id_by_slug
from tenants.selectors.tenants import tenant_by_external_id

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from payments.selectors.quotes import Quote


class Command(BaseCommand):
    help = (
        "Say what a top-up of a client would cost, with its discount, bonus and tax, and whether the"
        " client may make it. Nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument(
            "--tenant", required=True, metavar="ID", help="the provider's own id of it"
        )
        parser.add_argument("--amount", required=True, help="the credit, for instance 50.00")
        parser.add_argument("--currency", required=True, help="for instance EUR")
        parser.add_argument("--code", default="", help="of a promotion")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            quote = _quoted(options)
        except InvalidOperation as error:
            raise CommandError(f"{options['amount']} is no amount.") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(quote)))
        self.stderr.write(_sentence(quote))


def _quoted(options: dict[str, Any]) -> Quote:
    amount = Money.from_major(Decimal(options["amount"]), options["currency"])
    provider_id = provider_id_by_slug(options["provider"])
    with provider_scope(provider_id):
        tenant = tenant_by_external_id(provider_id, options["tenant"])
    return quote_topup(
        provider_id=provider_id,
        tenant_id=tenant.id,
        amount=amount,
        code=options["code"],
        now=now(),
    )


def _as_json(quote: Quote) -> dict[str, Any]:
    return {
        "amount_minor": quote.amount.amount_minor,
        "discount_minor": quote.discount.amount_minor,
        "bonus_minor": quote.bonus.amount_minor,
        "tax_minor": quote.tax.amount_minor,
        "total_minor": quote.total.amount_minor,
        "tax_lines": [
            {
                "name": line.name,
                "percent": str(line.percent),
                "country": line.country,
                "region": line.region,
                "base_minor": line.base.amount_minor,
                "tax_minor": line.tax.amount_minor,
            }
            for line in quote.tax_lines
        ],
        "blocked_by": quote.blocked_by,
    }


def _sentence(quote: Quote) -> str:
    if quote.blocked_by:
        return f"Not possible: {quote.blocked_words}"
    return (
        f"{quote.total} for {quote.credit} of credit and {quote.bonus} of bonus,"
        f" {quote.tax} of it tax, {quote.discount} less by the promotion."
    )
