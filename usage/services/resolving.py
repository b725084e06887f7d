"""What events mean to a provider: whose they are, what they count, or what they wait for. Called by ingestion."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from usage.enums import Aggregation
from usage.intake.metering import Measure, measure, translate
from usage.intake.verdicts import BadEventError, Reason
from usage.services.event_keys import EventKey, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usage.intake.events import IncomingEvent
    from usage.intake.metering import MeterRule
    from usage.intake.timestamps import TimeWindow
    from usage.services.surroundings import Surroundings

CLOSED: Final = "closed"


class Resolved(NamedTuple):
    """An event with what it means here: counted for a tenant, or waiting for a reason."""

    event: IncomingEvent
    key: EventKey
    tenant_id: int = 0
    measures: Sequence[Measure] = ()
    waits_for: Reason | None = None


_NOBODY: Final = (0, "")
# What `_make` does, without a call into Python for each.
_new_resolved: Final = partial(tuple.__new__, Resolved)
_new_measure: Final = partial(tuple.__new__, Measure)


def resolve_batch(
    events: Sequence[IncomingEvent], around: Surroundings, window: TimeWindow
) -> list[Resolved | Reason]:
    """Return what each event means here, or why it is rejected.

    Args:
        events: the batch.
        around: what it is read against.
        window: from when events may come in.
    """
    sums = _plain_sums(around.rules)
    earliest, latest = window.earliest, window.latest
    resolved: list[Resolved | Reason] = []
    for event in events:
        if not earliest <= event.at <= latest:
            resolved.append(window.refusal(event.at) or Reason.INVALID_TIME)
            continue
        try:
            resolved.append(_resolve_sum(event, around, sums) or resolve(event, around))
        except BadEventError as error:
            resolved.append(error.reason)
    return resolved


def resolve(event: IncomingEvent, around: Surroundings) -> Resolved:
    """Return what an event means here.

    Raises:
        BadEventError: a meter refuses it.
    """
    source = around.sources[event.source]
    key = key_of(source.id, event.event_id)
    tenant_id, status = around.tenants.get(event.tenant, (0, ""))
    if not tenant_id:
        return Resolved(event, key, waits_for=Reason.UNKNOWN_TENANT)
    if status == CLOSED:
        return Resolved(event, key, waits_for=Reason.CLOSED_TENANT)
    rules = around.rules.get(event.type)
    if not rules:
        return Resolved(event, key, waits_for=Reason.UNKNOWN_METER)
    data = translate(event.data, source.property_map) if source.property_map else event.data
    measures = measure(event, data, rules)
    return Resolved(event, key, tenant_id, measures)


def _plain_sums(rules: Mapping[str, Sequence[MeterRule]]) -> dict[str, MeterRule]:
    """Return the meters that alone take all events of their type and add up the quantity as it is."""
    return {
        event_type: found[0]
        for event_type, found in rules.items()
        if len(found) == 1
        and found[0].aggregation == Aggregation.SUM
        and not (
            found[0].filters
            or found[0].value_property
            or found[0].increment
            or found[0].increment_first
        )
    }


def _resolve_sum(
    event: IncomingEvent, around: Surroundings, sums: Mapping[str, MeterRule]
) -> Resolved | None:
    """Return what `resolve` would return, for the events that need no more than a look at their quantity."""
    event_id, source_code, tenant, event_type, _, _, _, _, _, quantity, _, _ = event
    rule = sums.get(event_type)
    if rule is None or quantity is None or (quantity < 0 and not rule.allows_negative):
        return None
    source_id, words = around.sources[source_code]
    tenant_id, status = around.tenants.get(tenant, _NOBODY)
    if not tenant_id or status == CLOSED or words:
        return None
    measured = _new_measure((rule.id, rule.aggregation, quantity, "", "", ""))
    return _new_resolved((event, key_of(source_id, event_id), tenant_id, (measured,), None))
