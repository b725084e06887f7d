"""Import a file of usage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.selectors.providers import provider_id_by_slug
from usage.importers.cloudevents import NotJsonError
from usage.importers.focus import NotFocusError
from usage.services.imports import import_cloudevents, import_focus

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from usage.services.imports import ImportReport


class Command(BaseCommand):
    help = "Import a file of usage; a second run of the same file accepts nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=("focus", "cloudevents"))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--create-catalog",
            action="store_true",
            help="focus: make missing tenants, meters, prices and subscriptions, and take usage of any age",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["create_catalog"] and options["format"] != "focus":
            raise CommandError("--create-catalog goes with --format focus.")
        try:
            report = self._import(options)
        except (DomainError, NotJsonError, NotFocusError, OSError) as error:
            raise CommandError(str(error)) from error
        for note in report.notes:
            self.stderr.write(f"{note.id or '(no id)'}: {note.verdict}, {note.reason}")
        counts = report.counts()
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stderr.write(", ".join(f"{count} {name}" for name, count in counts.items()))

    def _import(self, options: dict[str, Any]) -> ImportReport:
        provider_id = provider_id_by_slug(options["provider"])
        if options["format"] == "cloudevents":
            return import_cloudevents(provider_id=provider_id, path=options["file"], now=now())
        return import_focus(
            provider_id=provider_id,
            path=options["file"],
            create_catalog=options["create_catalog"],
            now=now(),
        )
