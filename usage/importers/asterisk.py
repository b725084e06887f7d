"""Call records of Asterisk: one line is one leg; answered legs become events of their talk time. Called by imports."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from billing_platform.kernel.clock import from_epoch
from usage.calls import EVENT_TYPE, INBOUND, SOURCE
from usage.importers.asterisk_columns import header_columns, name_cells, split_line
from usage.importers.asterisk_mapping import CallMapping, trunk_key
from usage.importers.cloudevents import MAX_ID, MAX_SUBJECT, MAX_TENANT
from usage.intake.digests import canonical_data, content_digest
from usage.intake.events import IncomingEvent
from usage.intake.quantities import read_quantity
from usage.intake.timestamps import EARLIEST
from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

ANSWERED: Final = "ANSWERED"
_UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_EPOCH: Final = re.compile(r"[0-9]{9,11}(?:\.[0-9]+)?", re.ASCII)
_NAME_AND_NUMBER: Final = re.compile(r"^\s*(.*?)\s*<([^<>]*)>\s*$")
# The fact itself; what else a row says may differ between two exports of it.
_FACT: Final = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "start",
    "answer",
    "end",
    "billsec",
    "disposition",
)


class BadCall(NamedTuple):
    """A row that cannot be taken: its id as far as readable, why, and the row itself."""

    event_id: str | None
    reason: Reason
    line: str = ""


@dataclass
class CallReader:
    """Reads the lines of one file, from its first on.

    Attributes:
        mapping: the provider's, for this PBX.
        columns: the order of columns; None for that of cdr_csv, or of the file's own first row.
        source: the PBX; ids are unique within it.
        ignored: legs that nobody answered, so far.
        seen: how often each row without a uniqueid came; whoever resumes a file shows it what lies before.
    """

    mapping: CallMapping
    columns: Sequence[str] | None = None
    source: str = SOURCE
    ignored: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    _is_first: bool = True

    def read(self, lines: Iterable[str]) -> Iterator[IncomingEvent | BadCall]:
        """Yield one item per answered leg; a bad row is one `BadCall` and never ends the reading.

        Raises:
            NotAsteriskError: the first row names columns, but not those that a call needs.
        """
        for line in lines:
            item = self.read_line(line)
            if item is not None:
                yield item

    def read_line(self, line: str) -> IncomingEvent | BadCall | None:
        """Return what one line says, None when it is no answered leg; arguments as `read`."""
        if not line.strip():
            return None
        cells = split_line(line)
        if self._take_header(cells):
            return None
        named = name_cells(cells, self.columns)
        if named is None:
            return BadCall(None, Reason.INVALID_DATA, line)
        event_id = self._event_id(named, cells)
        if named["disposition"].upper() != ANSWERED:
            self.ignored += 1
            return None
        try:
            return self._event(named, event_id)
        except BadEventError as error:
            return BadCall(_UNREADABLE.sub("\ufffd", event_id), error.reason, line)

    @property
    def has_begun(self) -> bool:
        """Return whether the first row was seen."""
        return not self._is_first

    def pass_by(self, line: str) -> None:
        """Take note of a line that was read before, so that the rows after it get the ids of the whole file."""
        if not line.strip():
            return
        cells = split_line(line)
        if self._take_header(cells):
            return
        named = name_cells(cells, self.columns)
        if named is not None:
            self._event_id(named, cells)

    def _take_header(self, cells: Sequence[str]) -> bool:
        """Return whether these are the names of the columns, which only a first row may hold."""
        if not self._is_first:
            return False
        self._is_first = False
        header = header_columns(cells)
        if header is not None:
            self.columns = self.columns or header
        return header is not None

    def _event_id(self, named: Mapping[str, str], cells: Sequence[str]) -> str:
        """Return the leg's id: several legs share a uniqueid, and files without it are told apart by the row itself."""
        unique = named.get("uniqueid", "")
        if unique:
            leg = named.get("sequence") or named.get("dstchannel") or f"@{named['start']}"
            return _short(f"{unique}/{leg}")
        row = blake2b("\0".join(cells).encode(errors="surrogateescape"), digest_size=16).hexdigest()
        self.seen[row] += 1
        return f"row-{row}-{self.seen[row]}"

    def _event(self, named: Mapping[str, str], event_id: str) -> IncomingEvent:
        quantity = read_quantity(named["billsec"])
        if quantity < 0:
            raise BadEventError(Reason.NEGATIVE)
        at = _moment(named, ZoneInfo(self.mapping.time_zone))
        direction = self.mapping.direction(named)
        if direction is None:
            raise BadEventError(Reason.UNKNOWN_DIRECTION)
        if _UNREADABLE.search(event_id):
            raise BadEventError(Reason.INVALID_ID)
        data = _data(named, direction, quantity)
        at_text = at.isoformat()
        return IncomingEvent(
            event_id=event_id,
            source=self.source,
            tenant=_tenant(self.mapping.tenant(named, direction)),
            type=EVENT_TYPE,
            subject=_subject(named, direction),
            at=at,
            data=data,
            data_text=canonical_data(data),
            digest=_digest(named),
            quantity=quantity,
            at_text=at_text,
        )


def _data(named: Mapping[str, str], direction: str, quantity: Decimal) -> dict[str, str]:
    name, number = _caller(named.get("clid", ""))
    sides = ("channel", "dstchannel") if direction == INBOUND else ("dstchannel", "channel")
    trunk, device = (_clean(trunk_key(named.get(side, ""))) for side in sides)
    data = {
        "quantity": plain(quantity),
        "direction": direction,
        "from": _clean(named.get("src", "") or number),
        "from_name": _clean(name),
        "to": _clean(named.get("dst", "")),
        "context": _clean(named.get("dcontext", "")),
        "trunk": trunk,
        "device": device,
    }
    return {key: value for key, value in data.items() if value}


def _caller(clid: str) -> tuple[str, str]:
    """Return the name and the number of a caller id: `"Anna" <100>`."""
    match = _NAME_AND_NUMBER.match(clid)
    name, number = match.groups() if match else (clid, "")
    return name.strip().strip('"').strip(), number.strip()


def _subject(named: Mapping[str, str], direction: str) -> str:
    """Return whose call it is: the device on our side of it, else the number."""
    device = named.get("dstchannel" if direction == INBOUND else "channel", "")
    ours = named.get("dst" if direction == INBOUND else "src", "")
    # The technology in front of the device is no part of its name: PJSIP/anna is anna.
    name = trunk_key(device).rpartition("/")[2]
    return _clean(name or ours or named.get("src", "") or named.get("dst", ""))[:MAX_SUBJECT]


def _moment(named: Mapping[str, str], zone: ZoneInfo) -> datetime:
    """Return when the call began, in UTC; of an hour that comes twice, the first is meant."""
    text = named["start"] or named.get("answer", "") or named.get("end", "")
    try:
        if _EPOCH.fullmatch(text):
            at = from_epoch(int(text.partition(".")[0]))
        else:
            local = datetime.fromisoformat(text)
            at = (local if local.tzinfo else local.replace(tzinfo=zone, fold=0)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadEventError(Reason.INVALID_TIME) from None
    if at < EARLIEST:
        raise BadEventError(Reason.TOO_LATE)
    return at


def _digest(named: Mapping[str, str]) -> str:
    """Return the digest of the row itself: a changed mapping makes no other call of it."""
    row = "\0".join(named.get(name, "") for name in _FACT)
    fact = blake2b(row.encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return content_digest(tenant="", event_type=EVENT_TYPE, subject="", at_text="", data_text=fact)


def _tenant(name: str) -> str:
    if not name.strip() or len(name) > MAX_TENANT or _UNREADABLE.search(name):
        raise BadEventError(Reason.INVALID_TENANT)
    return name


def _clean(text: str) -> str:
    # What is no UTF-8 was written in the PBX's old character set; the letter is lost, the call is not.
    return _UNREADABLE.sub("\ufffd", text)[:MAX_SUBJECT]


def _short(event_id: str) -> str:
    if len(event_id) <= MAX_ID:
        return event_id
    rest = blake2b(event_id.encode(errors="surrogateescape"), digest_size=16).hexdigest()
    return f"{event_id[:100]}-{rest}"
