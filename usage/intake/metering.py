"""What an event means to the meters: which it meets and how much it counts there. Pure; called by ingestion."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal
from typing import TYPE_CHECKING, NamedTuple

from usage.enums import Aggregation, Identity
from usage.intake.identities import identity_hash, read_identity
from usage.intake.quantities import read_quantity
from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usage.intake.events import IncomingEvent

ACTIONS = ("start", "resize", "stop")
MAX_RESOURCE = 1000
# Quantities have at most 18 + 18 digits; no product or quotient below needs more than this to be exact.
_EXACT = Context(prec=80)
_ONE = Decimal(1)
_NOTHING = Decimal(0)


class MeterRule(NamedTuple):
    """A meter as ingestion needs it; `filters` are pairs of a property and the words it may hold."""

    id: int
    aggregation: str
    value_property: str
    filters: Sequence[tuple[str, frozenset[str]]]
    increment: Decimal | None
    increment_first: Decimal | None
    allows_negative: bool
    identity: str
    identity_property: str


class Measure(NamedTuple):
    """What an event counts on one meter.

    Attributes:
        meter_id: the meter.
        aggregation: its aggregation.
        quantity: what is added, compared or kept; the size for durations.
        identity: hash of the identity for unique meters, else an empty string.
        resource: the resource for durations, else an empty string.
        action: `start`, `resize` or `stop` for durations, else an empty string.
    """

    meter_id: int
    aggregation: str
    quantity: Decimal
    identity: str = ""
    resource: str = ""
    action: str = ""


def measure(
    event: IncomingEvent, data: Mapping[str, object], meters: Sequence[MeterRule]
) -> list[Measure]:
    """Return what an event counts on the meters of its type; none when every filter leaves it out.

    Args:
        event: the event.
        data: its data in the provider's words (see `translate`).
        meters: the meters of the event's type.

    Raises:
        BadEventError: `missing_value`, `negative`, `invalid_quantity`, `invalid_action` and the like.
    """
    return [
        _measure_one(event, data, meter)
        for meter in meters
        if not meter.filters or _meets(data, meter.filters)
    ]


def translate(
    data: Mapping[str, object], property_map: Mapping[str, Mapping[str, object]]
) -> Mapping[str, object]:
    """Return an event's data with the source's words for direction, user class and the like turned into ours.

    Args:
        data: what the source sent.
        property_map: `{our property: {"from": their property, "values": {their word: our word}}}`; a word that is not
            listed is kept.
    """
    if not property_map:
        return data
    ours = dict(data)
    for name, rule in property_map.items():
        theirs = data.get(str(rule.get("from", name)))
        if theirs is not None:
            values = rule.get("values")
            word = _word(theirs)
            ours[name] = values.get(word, word) if isinstance(values, dict) else word
    return ours


def round_up(quantity: Decimal, increment: Decimal | None, first: Decimal | None) -> Decimal:
    """Return a quantity raised to the first step and to a multiple of the increment; zero stays zero.

    A correction below zero mirrors what it takes back.
    """
    if not quantity:
        return quantity
    size = quantity.copy_abs()  # abs() would round to the context
    if first is not None and size < first:
        size = first
    if increment is not None:
        steps = _EXACT.divide(size, increment).to_integral_value(ROUND_CEILING)
        size = _EXACT.multiply(steps, increment)
    return size.copy_negate() if quantity < 0 else size


def _measure_one(event: IncomingEvent, data: Mapping[str, object], meter: MeterRule) -> Measure:
    if meter.aggregation == Aggregation.COUNT:
        return Measure(meter.id, meter.aggregation, _ONE)
    if meter.aggregation == Aggregation.UNIQUE:
        return Measure(meter.id, meter.aggregation, _ONE, identity=_identity(event, data, meter))
    if meter.aggregation == Aggregation.DURATION:
        return _duration(event, data, meter)
    quantity = _quantity(event, data, meter)
    if quantity < 0 and not meter.allows_negative:
        raise BadEventError(Reason.NEGATIVE)
    if meter.aggregation == Aggregation.SUM and (meter.increment or meter.increment_first):
        quantity = round_up(quantity, meter.increment, meter.increment_first)
    return Measure(meter.id, meter.aggregation, quantity)


def _quantity(event: IncomingEvent, data: Mapping[str, object], meter: MeterRule) -> Decimal:
    # Nearly always the event's own quantity, which was read with the event.
    if data is event.data and not meter.value_property and event.quantity is not None:
        return event.quantity
    value = data.get(meter.value_property or "quantity")
    if value is None:
        raise BadEventError(Reason.MISSING_VALUE)
    return read_quantity(value)


def _identity(event: IncomingEvent, data: Mapping[str, object], meter: MeterRule) -> str:
    value = data.get(meter.identity_property) if meter.identity_property else event.subject
    identity = read_identity(_word(value), Identity(meter.identity)) if value is not None else ""
    if not identity:
        raise BadEventError(Reason.MISSING_VALUE)
    return identity_hash(identity)


def _duration(event: IncomingEvent, data: Mapping[str, object], meter: MeterRule) -> Measure:
    action = data.get("action")
    if action not in ACTIONS:
        raise BadEventError(Reason.INVALID_ACTION)
    if not event.subject:
        raise BadEventError(Reason.MISSING_VALUE)
    size = data.get(meter.value_property or "quantity")
    if size is None and action == "resize":
        raise BadEventError(Reason.MISSING_VALUE)
    quantity = _NOTHING if action == "stop" else (_ONE if size is None else read_quantity(size))
    if quantity < 0:
        raise BadEventError(Reason.NEGATIVE)
    return Measure(
        meter.id, meter.aggregation, quantity, resource=event.subject, action=str(action)
    )


def _meets(data: Mapping[str, object], filters: Sequence[tuple[str, frozenset[str]]]) -> bool:
    return all(name in data and _word(data[name]) in words for name, words in filters)


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 100:
        return plain(value)
    return "" if value is None else str(value)
