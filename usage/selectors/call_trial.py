"""What would become of one row of a PBX's file: direction, client and billed quantity, and why. Counts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenants.selectors.tenants import tenant_states
from usage.calls import EVENT_TYPE
from usage.enums import Aggregation
from usage.importers.asterisk import BadCall, CallReader
from usage.importers.asterisk_columns import name_cells, split_line
from usage.intake.metering import measure
from usage.intake.verdicts import BadEventError, Reason
from usage.models import Meter
from usage.selectors.call_mapping import call_mapping
from usage.selectors.intake import meter_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from usage.importers.asterisk_mapping import CallMapping, DirectionRule, Line
    from usage.intake.events import IncomingEvent


@dataclass(frozen=True, slots=True)
class Counted:
    """What a call counts on one meter."""

    meter: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class CallTrial:
    """What would become of a row.

    Attributes:
        reason: why it is no usage, of Reason; None when it is.
        disposition: what the PBX says became of the leg; empty when the row cannot be read.
        is_unanswered: whether it is no usage because nobody answered.
        rule: the rule that said its direction, and its number from 1; None and 0 when it was the habit of contexts.
        line: what told whose it is; None when its lines are nobody's, and it waits as `tenant`.
        tenant_status: of the tenant; empty when there is none of this id yet.
        counted: on which meters; none when no meter counts it, and it waits.
    """

    reason: Reason | None = None
    disposition: str = ""
    is_unanswered: bool = False
    at: datetime | None = None
    direction: str = ""
    rule: DirectionRule | None = None
    rule_number: int = 0
    tenant: str = ""
    line: Line | None = None
    tenant_status: str = ""
    talk_seconds: Decimal | None = None
    counted: Sequence[Counted] = ()


def try_call(
    provider_id: int, source: str, row: str, *, columns: Sequence[str] | None = None
) -> CallTrial:
    """Return what an import would make of a row.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the phone system.
        row: one line of its file.
        columns: their order; None for that of cdr_csv.
    """
    mapping = call_mapping(provider_id, source)
    item = CallReader(mapping, columns, source).read_line(row)
    named = name_cells(split_line(row), columns)
    if named is None:
        return CallTrial(reason=Reason.INVALID_DATA)
    disposition = named.get("disposition", "")
    if isinstance(item, BadCall):
        return CallTrial(reason=item.reason, disposition=disposition)
    if item is None:
        return CallTrial(disposition=disposition, is_unanswered=True)
    return _trial(provider_id, mapping, named, item)


def _trial(
    provider_id: int, mapping: CallMapping, named: Mapping[str, str], event: IncomingEvent
) -> CallTrial:
    direction = str(event.data["direction"])
    place = mapping.rule_of(named) if mapping.rules else None
    states = tenant_states(provider_id, [event.tenant])
    try:
        counted = _counted(provider_id, event)
    except BadEventError as error:
        return CallTrial(reason=error.reason, disposition=named["disposition"])
    return CallTrial(
        disposition=named["disposition"],
        at=event.at,
        direction=direction,
        rule=None if place is None else mapping.rules[place],
        rule_number=0 if place is None else place + 1,
        tenant=event.tenant,
        line=mapping.line_of(named, direction),
        tenant_status=states.get(event.tenant, (0, ""))[1],
        talk_seconds=event.quantity,
        counted=counted,
    )


def _counted(provider_id: int, event: IncomingEvent) -> list[Counted]:
    rules = meter_rules(provider_id, [EVENT_TYPE]).get(EVENT_TYPE, [])
    adding = [rule for rule in rules if rule.aggregation in {Aggregation.SUM, Aggregation.COUNT}]
    found = measure(event, event.data, adding)
    meters = Meter.objects.in_bulk([row.meter_id for row in found])
    return [
        Counted(meters[row.meter_id].name, row.quantity, meters[row.meter_id].unit_name)
        for row in found
    ]
