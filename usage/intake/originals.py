"""What was sent, written down so that a refused event can be shown and tried again. Pure; called by ingestion."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from usage.enums import OriginalForm
from usage.intake.timestamps import read_time
from usage.intake.verdicts import BadEventError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from usage.intake.events import IncomingEvent
    from usage.intake.verdicts import Reason, Verdict

# Above what an event may hold, so that only what could never come in is cut.
ORIGINAL_MAX = 65_536
_TEXT_MAX = 200
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Halves of a pair that stand for no byte; `surrogateescape` takes the others, from U+DC80 to U+DCFF.
_HALF = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
_DEPTH_MAX = 200
_TOO_DEEP = f"(nested deeper than {_DEPTH_MAX} levels)"


class Original(NamedTuple):
    """What was sent, and what can be read of it.

    Attributes:
        form: of OriginalForm, how the text reads.
        text: the whole of it; whoever keeps it cuts it.
        source, event_id, tenant, type: as far as readable, else empty.
        at: when it happened, where that is readable.
        digest: of an event that an importer made from a row; empty where the text says all.
    """

    form: OriginalForm
    text: str
    source: str = ""
    event_id: str = ""
    tenant: str = ""
    type: str = ""
    at: datetime | None = None
    digest: str = ""


class Refusal(NamedTuple):
    """An event that was rejected or conflicts, why, and what was sent."""

    verdict: Verdict
    reason: Reason
    original: Original


def original_of_item(item: object) -> Original:
    """Return what was sent as an item of JSON; a text is a line that was no JSON.

    Args:
        item: as `usage.importers.cloudevents` reads it.
    """
    if isinstance(item, str):
        return original_of_line(item)
    named = item if isinstance(item, dict) else {}
    try:
        form, text = OriginalForm.ITEM, exact_json(item)
    except RecursionError:
        form, text = OriginalForm.LINE, _TOO_DEEP
    return Original(
        form=form,
        text=text,
        source=_readable(named.get("source")),
        event_id=_readable(named.get("id")),
        tenant=_readable(named.get("tenant")),
        type=_readable(named.get("type")),
        at=_moment(named.get("time")),
    )


def original_of_event(event: IncomingEvent) -> Original:
    """Return an event that an importer made, in the form of a CloudEvent with its digest beside it."""
    item = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": event.source,
        "type": event.type,
        "tenant": event.tenant,
        "subject": event.subject,
        "time": event.at.isoformat(),
        "data": dict(event.data),
    }
    return original_of_item(item)._replace(form=OriginalForm.EVENT, digest=event.digest)


def original_of_line(line: str, *, source: str = "", event_id: str | None = None) -> Original:
    """Return a line of a file that never became an event.

    Args:
        line: may hold bytes that are no text, as `surrogateescape` reads them, and halves of pairs from JSON.
        source: what the file stands for.
        event_id: as far as readable.
    """
    whole = _HALF.sub("\ufffd", line.rstrip("\r\n"))
    text = whole.encode(errors="surrogateescape").decode(errors="replace")
    return Original(
        OriginalForm.LINE, text.replace("\x00", "\ufffd"), _readable(source), _readable(event_id)
    )


def exact_json(item: object, *, indent: int = 0) -> str:
    """Return a value as JSON that reads back as the same value, with every number digit for digit.

    Args:
        item: of dicts, lists, texts, ints, Decimals, booleans and None.
        indent: spaces per level, each value on a line of its own; 0 for one line.

    Raises:
        RecursionError: it is nested deeper than 200 levels.
    """
    # Half of a surrogate pair is no UTF-8; its escape is JSON.
    text = "".join(_pieces(item, 0, indent))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _pieces(item: object, depth: int, indent: int) -> Iterable[str]:
    if depth > _DEPTH_MAX:
        raise RecursionError
    if isinstance(item, dict):
        named = [(f"{_text(str(name))}: ", value) for name, value in item.items()]
        yield from _enclosed("{}", named, depth, indent)
    elif isinstance(item, list | tuple):
        yield from _enclosed("[]", [("", value) for value in item], depth, indent)
    elif isinstance(item, Decimal):
        yield str(item) if item.is_finite() else "NaN"
    else:
        yield _text(item)


def _enclosed(
    brackets: str, values: Sequence[tuple[str, object]], depth: int, indent: int
) -> Iterable[str]:
    line, last = "", ""
    if indent and values:
        line, last = f"\n{' ' * indent * (depth + 1)}", f"\n{' ' * indent * depth}"
    comma = f",{line or ' '}"
    yield f"{brackets[0]}{line}"
    for place, (name, value) in enumerate(values):
        yield f"{comma if place else ''}{name}"
        yield from _pieces(value, depth + 1, indent)
    yield f"{last}{brackets[1]}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _readable(value: object) -> str:
    return _UNREADABLE.sub("\ufffd", value[:_TEXT_MAX]) if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        return read_time(value)
    except BadEventError:
        return None
