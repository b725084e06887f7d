"""Import a file of usage."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.selectors.providers import provider_id_by_slug
from usage.calls import SOURCE
from usage.importers.asterisk_columns import NotAsteriskError, read_columns
from usage.importers.asterisk_mapping import InvalidMappingError
from usage.importers.cloudevents import NotJsonError
from usage.importers.focus import NotFocusError
from usage.services.call_imports import import_asterisk, read_mapping_file
from usage.services.imports import import_cloudevents, import_focus

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from usage.services.imports import ImportReport

_OF_ASTERISK = ("columns", "mapping", "source")
_REFUSALS = (
    DomainError,
    csv.Error,
    NotJsonError,
    NotFocusError,
    NotAsteriskError,
    InvalidMappingError,
    OSError,
)


class Command(BaseCommand):
    help = "Import a file of usage; a second run of the same file accepts nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=("focus", "cloudevents", "asterisk"))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--create-catalog",
            action="store_true",
            help="focus: make missing tenants, meters, prices and subscriptions, and take usage of any age",
        )
        parser.add_argument(
            "--columns", metavar="NAMES", help="asterisk: the order of columns, with commas between"
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="JSON",
            help="asterisk: direction, numbers and trunks of the PBX; stored for the next file",
        )
        parser.add_argument(
            "--source", metavar="CODE", help=f"asterisk: which PBX; {SOURCE} without it"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["create_catalog"] and options["format"] != "focus":
            raise CommandError("--create-catalog goes with --format focus.")
        if options["format"] != "asterisk" and any(options[name] for name in _OF_ASTERISK):
            raise CommandError("--columns, --mapping and --source go with --format asterisk.")
        try:
            report = self._import(options)
        except _REFUSALS as error:
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
        if options["format"] == "asterisk":
            return import_asterisk(
                provider_id=provider_id,
                path=options["file"],
                source=options["source"] or SOURCE,
                columns=read_columns(options["columns"]) if options["columns"] else None,
                mapping=read_mapping_file(options["mapping"]) if options["mapping"] else None,
                now=now(),
            )
        return import_focus(
            provider_id=provider_id,
            path=options["file"],
            create_catalog=options["create_catalog"],
            now=now(),
        )
