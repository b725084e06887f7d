"""Issue the documents of payments now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from invoicing.services.payment_documents import draft_missing, issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from invoicing.services.refund_returns import invoice_returns
from tenants.commands import providers_named

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Issue the documents of all credited payments, and of refunds of taxed ones, that have none; exit 1 when one"
        " is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, help="its slug")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        (provider_id,) = providers_named(options["provider"])
        draft_missing(provider_id=provider_id, now=now())
        issued = issue_payment_documents(provider_id=provider_id, now=now())
        notes, refused = credit_refunds(provider_id=provider_id, now=now())
        again, barred = invoice_returns(provider_id=provider_id, now=now())
        documents = issued.documents + notes + again
        failed = {**issued.failed, **refused, **barred}
        if options["json"]:
            self.stdout.write(json.dumps({"documents": documents, "failed": failed}))
        self.stderr.write(f"{documents} document(s) issued.")
        if failed:
            raise CommandError(f"Not issued: {failed}")
