"""Recompute the ledger and say whether it is right."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit import verify
from billing_platform.kernel.scope import provider_scope
from tenants.commands import providers_named

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from accounts.services.audit import AuditResult


class Command(BaseCommand):
    help = (
        "Recompute every posting, balance, roll-up and seal; exit 1 and name the first wrong row."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", help="only this one, by slug")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        results = [_verify(provider_id) for provider_id in providers_named(options["provider"])]
        findings = [finding for result in results for finding in result.findings]
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "ok": not findings,
                        "providers": len(results),
                        "postings": sum(result.postings for result in results),
                        "entries": sum(result.entries for result in results),
                        "findings": [asdict(finding) for finding in findings],
                    }
                )
            )
        for finding in findings:
            self.stderr.write(str(finding))
        if findings:
            raise CommandError(f"The ledger is wrong. First: {findings[0]}")
        self.stderr.write(f"The ledger is right: {len(results)} provider(s) recomputed.")


def _verify(provider_id: int) -> AuditResult:
    with provider_scope(provider_id):
        return verify(provider_id=provider_id)
