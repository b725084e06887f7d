"""Make meters and event sources. Called by importers, the catalogue's pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from usage.enums import Aggregation, Identity
from usage.errors import CodeTakenError, InvalidMeterError
from usage.models import EventSource, Meter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal


@transaction.atomic
def create_meter(
    *,
    provider_id: int,
    code: str,
    name: str,
    event_type: str,
    aggregation: str,
    now: datetime,
    description: str = "",
    unit_name: str = "unit",
    unit_one: str = "",
    value_property: str = "",
    filters: Sequence[Mapping[str, Any]] = (),
    increment: Decimal | None = None,
    increment_first: Decimal | None = None,
    allows_negative: bool = False,
    identity: str = Identity.RAW,
    identity_property: str = "",
) -> int:
    """Make a meter.

    Args:
        provider_id: whose; its scope is open.
        code: its stable name, unique per provider.
        name: what people read.
        event_type: the type of events that it counts.
        aggregation: one of `Aggregation`.
        now: when it is made.
        description: what it counts, in the provider's words.
        unit_name: what several units are called.
        unit_one: what one unit is called; empty where that follows from the other.
        value_property: the property that holds the quantity; empty means `quantity`.
        filters: `{"property": …, "values": [texts]}`, all of which an event must meet.
        increment: each event's quantity is rounded up to a multiple of it.
        increment_first: the least quantity of an event.
        allows_negative: takes quantities below zero; sums only.
        identity: how a unique meter reads the identity.
        identity_property: the property that holds the identity; empty means the event's subject.

    Returns:
        The meter's id.

    Raises:
        InvalidMeterError: the rules contradict each other.
        CodeTakenError: a meter of this code exists and counts otherwise.

    Idempotency: by code; the words of a meter that exists stay as they are.
    """
    words = {
        "name": name,
        "description": description,
        "unit_name": unit_name,
        "unit_one": unit_one,
    }
    wanted: dict[str, Any] = {
        "event_type": event_type,
        "aggregation": aggregation,
        "value_property": value_property,
        "filters": _checked_filters(filters),
        "increment": increment,
        "increment_first": increment_first,
        "allows_negative": allows_negative,
        "identity": identity,
        "identity_property": identity_property,
    }
    _check_rules(wanted)
    Meter.objects.bulk_create(
        [Meter(provider_id=provider_id, code=code, created_at=now, **words, **wanted)],
        ignore_conflicts=True,
    )
    meter = Meter.objects.get(provider_id=provider_id, code=code)
    if any(getattr(meter, field) != value for field, value in wanted.items()):
        raise CodeTakenError(
            message=_("A meter %(code)s with other rules exists.") % {"code": code}
        )
    return meter.pk


@transaction.atomic
def ensure_source(
    *, provider_id: int, code: str, now: datetime, property_map: Mapping[str, Any] | None = None
) -> int:
    """Return the source of this code, made when it is new.

    Args:
        provider_id: whose; its scope is open.
        code: the `source` that its events carry.
        now: when it is made.
        property_map: how its words become ours; replaces the present map when given.

    Returns:
        The source's id.

    Idempotency: by code.
    """
    row = EventSource(
        provider_id=provider_id, code=code, created_at=now, property_map=property_map or {}
    )
    EventSource.objects.bulk_create([row], ignore_conflicts=True)
    sources = EventSource.objects.filter(provider_id=provider_id, code=code)
    if property_map is not None:
        sources.update(property_map=dict(property_map))
    return int(sources.values_list("pk", flat=True).get())


def _checked_filters(filters: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    checked = []
    for rule in filters:
        values = rule.get("values")
        named = isinstance(rule.get("property"), str) and rule["property"]
        if not named or not isinstance(values, list | tuple) or not values:
            raise InvalidMeterError(
                message=_("A filter names a property and the values it may have.")
            )
        checked.append({"property": rule["property"], "values": [str(value) for value in values]})
    return checked


def _check_rules(wanted: Mapping[str, Any]) -> None:
    if wanted["aggregation"] not in Aggregation.values:
        raise InvalidMeterError(
            message=_("There is no aggregation %(aggregation)s.")
            % {"aggregation": wanted["aggregation"]}
        )
    if wanted["identity"] not in Identity.values:
        raise InvalidMeterError(
            message=_("There is no identity rule %(identity)s.") % {"identity": wanted["identity"]}
        )
    if wanted["allows_negative"] and wanted["aggregation"] != Aggregation.SUM:
        raise InvalidMeterError(message=_("Only a sum takes quantities below zero."))
    steps = [wanted["increment"], wanted["increment_first"]]
    if any(step is not None and not (step.is_finite() and step > 0) for step in steps):
        raise InvalidMeterError(message=_("Increments are above zero."))
    if any(step is not None for step in steps) and wanted["aggregation"] != Aggregation.SUM:
        raise InvalidMeterError(message=_("Only a sum rounds its events up."))
