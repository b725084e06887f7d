"""Change what a meter is called; how it counts stays for good. Called by the page of a meter."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from usage.errors import InvalidMeterError, UnknownCatalogueError
from usage.models import Meter


@dataclass(frozen=True, kw_only=True)
class MeterWords:
    """What people read of a meter.

    Attributes:
        description: what it counts, in the provider's words; may be empty.
        unit_name: what several units are called.
        unit_one: what one unit is called; empty where that follows from the other.
    """

    name: str
    description: str
    unit_name: str
    unit_one: str


@transaction.atomic
def describe_meter(*, provider_id: int, meter_id: int, words: MeterWords) -> None:
    """Change a meter's words, on every page at once, those of past periods too.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.
        words: all of them, changed or not.

    Raises:
        UnknownCatalogueError: no such meter.
        InvalidMeterError: name or unit is empty.

    Idempotency: by state.
    """
    if not words.name.strip() or not words.unit_name.strip():
        raise InvalidMeterError(message=_("A meter has a name and a unit."))
    changed = Meter.objects.filter(provider_id=provider_id, pk=meter_id).update(
        name=words.name,
        description=words.description,
        unit_name=words.unit_name,
        unit_one=words.unit_one,
    )
    if not changed:
        raise UnknownCatalogueError(message=_("There is no such meter."))
