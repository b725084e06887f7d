"""Read the watched folders of a provider at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.selectors.providers import provider_id_by_slug
from usage.services.call_folders import read_folders

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Read what is new in a provider's watched folders of call records, as the task does each minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument(
            "--again",
            action="store_true",
            help="read every file from its first line, for rejected rows",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            provider_id = provider_id_by_slug(options["provider"])
        except DomainError as error:
            raise CommandError(str(error)) from error
        report = read_folders(provider_id=provider_id, now=now(), again=options["again"])
        for note in report.calls.notes:
            self.stderr.write(f"{note.id or '(no id)'}: {note.verdict}, {note.reason}")
        for words in report.unreadable:
            self.stderr.write(f"not read: {words}")
        counts = report.calls.counts()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stderr.write(", ".join(f"{count} {name}" for name, count in counts.items()))
