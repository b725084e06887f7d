"""Recompute all documents and say whether they are right."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.proofs import count_documents, document_faults
from tenants.commands import providers_named

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Recompute numbers, sums, digests, settlements, stored PDFs and the ledger behind every document; exit 1 and"
        " name the first fault."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", help="only this one, by slug")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        documents, faults = 0, []
        for provider_id in providers_named(options["provider"]):
            with provider_scope(provider_id):
                documents += count_documents(provider_id)
                faults += list(document_faults(provider_id))
        if options["json"]:
            found = {
                "ok": not faults,
                "documents": documents,
                "findings": [asdict(fault) for fault in faults],
            }
            self.stdout.write(json.dumps(found))
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"The documents are wrong. First: {faults[0]}")
        self.stderr.write(f"The documents are right: {documents} recomputed.")
