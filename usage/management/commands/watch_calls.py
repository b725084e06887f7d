"""Watch a folder of call records, or stop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_id_by_slug
from usage.calls import SOURCE
from usage.importers.asterisk_columns import NotAsteriskError, read_columns
from usage.importers.asterisk_mapping import InvalidMappingError
from usage.importers.cloudevents import NotJsonError
from usage.services.call_folders import stop_watching, watch_folder
from usage.services.call_imports import read_mapping_file
from usage.services.call_mapping import store_call_mapping

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Watch a folder that Asterisk writes its call records to; new and rotated files are read once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provider", required=True, metavar="SLUG")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--pattern", default="Master.csv*", help="which files; Master.csv*")
        parser.add_argument("--columns", default="", metavar="NAMES", help="the order of columns")
        parser.add_argument("--mapping", type=Path, metavar="JSON", help="how the PBX reads")
        parser.add_argument("--source", default=SOURCE, metavar="CODE", help="which PBX")
        parser.add_argument("--stop", action="store_true", help="leave the folder alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._watch(options)
        except (
            DomainError, NotAsteriskError, NotJsonError, InvalidMappingError, OSError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error

    def _watch(self, options: dict[str, Any]) -> None:
        provider_id, folder = provider_id_by_slug(options["provider"]), options["folder"].resolve()
        if options["columns"]:
            read_columns(options["columns"])
        mapping = read_mapping_file(options["mapping"]) if options["mapping"] else None
        with provider_scope(provider_id):
            if options["stop"]:
                if not stop_watching(provider_id=provider_id, path=folder):
                    raise CommandError(f"{folder} is not watched.")
                return
            if mapping is not None:
                store_call_mapping(
                    provider_id=provider_id, source=options["source"], mapping=mapping, now=now()
                )
            watch_folder(
                provider_id=provider_id,
                path=folder,
                pattern=options["pattern"],
                columns=options["columns"],
                source=options["source"],
                now=now(),
            )
