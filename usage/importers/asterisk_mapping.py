"""A provider's mapping of its PBX: direction by context and channel, tenants by account, number and trunk. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from usage.calls import DIRECTIONS, INBOUND, INTERNAL, OUTBOUND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RULES_MAX: Final = 500
_KEYS: Final = {"time_zone", "directions", "accounts", "numbers", "trunks"}
_PATTERNS: Final = ("context", "channel", "dstchannel", "dst")
_TABLES: Final = {"accounts": "account", "numbers": "number", "trunks": "trunk"}
# Contexts in which calls from outside arrive, by the habit of FreePBX and the sample configuration.
_FROM_OUTSIDE: Final = re.compile(r"trunk|pstn|from-did|ext-did|inbound|incoming|from-outside")
_EXTENSION_DIGITS: Final = 5
_INSTANCE: Final = re.compile(r"-[0-9a-f]{4,}(?:;[12])?$", re.IGNORECASE)
_LEADING: Final = re.compile(r"^(?:\+|00)")
_NOT_DIALLED: Final = re.compile(r"[\s()./-]")


class InvalidMappingError(ValueError):
    """A mapping that cannot be read; the message says where."""


class DirectionRule(NamedTuple):
    """Calls whose context, channels and number meet all patterns (`*`, `?`) go in a direction."""

    direction: str
    context: str = "*"
    channel: str = "*"
    dstchannel: str = "*"
    dst: str = "*"


class Line(NamedTuple):
    """An account code, a number or a trunk, and the external id of whose it is."""

    kind: str
    value: str
    tenant: str


@dataclass(frozen=True)
class CallMapping:
    """How the calls of one PBX read.

    Attributes:
        time_zone: of the times in its files.
        rules: the first that meets a call says its direction; without any, the habit of contexts does.
        lines: tenant's external id by (`account`, `number` or `trunk`, value).
    """

    time_zone: str = "UTC"
    rules: tuple[DirectionRule, ...] = ()
    lines: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def rule_of(self, cells: Mapping[str, str]) -> int | None:
        """Return the place of the first rule that a call meets, or None when it meets none."""
        context = cells.get("dcontext", "")
        channel, dstchannel = cells.get("channel", ""), cells.get("dstchannel", "")
        for place, rule in enumerate(self.rules):
            if (
                fnmatchcase(context, rule.context)
                and fnmatchcase(channel, rule.channel)
                and fnmatchcase(dstchannel, rule.dstchannel)
                and fnmatchcase(cells.get("dst", ""), rule.dst)
            ):
                return place
        return None

    def direction(self, cells: Mapping[str, str]) -> str | None:
        """Return a call's direction, or None when no rule meets it."""
        if not self.rules:
            return _habit(cells)
        place = self.rule_of(cells)
        return None if place is None else self.rules[place].direction

    def line_of(self, cells: Mapping[str, str], direction: str) -> Line | None:
        """Return the line that tells a call's tenant, or None when nobody has one of its lines."""
        account = cells.get("accountcode", "")
        if account:
            return Line("account", account, self.lines.get(("account", account), account))
        for kind, value in _lines_of(cells, direction):
            found = self.lines.get((kind, value))
            if found:
                return Line(kind, value, found)
        return None

    def tenant(self, cells: Mapping[str, str], direction: str) -> str:
        """Return the external id of a call's tenant, or a word that names what has no tenant yet."""
        line = self.line_of(cells, direction)
        if line is not None:
            return line.tenant
        unknown = next(_lines_of(cells, direction), None)
        return waiting_name(*unknown) if unknown else "number:unknown"


def waiting_name(kind: str, value: str) -> str:
    """Return what stands in for the tenant of calls over a line that nobody has yet."""
    return f"{kind}:{value}"[:200]


def number_key(text: str) -> str:
    """Return a number as tables hold it: no `+` or `00` in front, no signs between the digits."""
    return _LEADING.sub("", _NOT_DIALLED.sub("", text)) if any(map(str.isdigit, text)) else text


def trunk_key(channel: str) -> str:
    """Return the trunk or device of a channel: `PJSIP/acme-00000a1f` is `PJSIP/acme`."""
    return _INSTANCE.sub("", channel)


def read_mapping(content: object) -> CallMapping:
    """Read a mapping from JSON.

    Args:
        content: `{"time_zone", "directions": [{"direction", "context", "channel", "dstchannel", "dst"}, …],
            "accounts": {code: tenant}, "numbers": {number: tenant}, "trunks": {trunk: tenant}}`; everything may be
            left out.

    Raises:
        InvalidMappingError: with what is wrong.
    """
    if not isinstance(content, dict) or set(content) - _KEYS:
        raise InvalidMappingError(f"A mapping has {', '.join(sorted(_KEYS))}.")
    zone = content.get("time_zone", "UTC")
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidMappingError(f"There is no time zone {zone}.") from None
    rules = content.get("directions", [])
    if not isinstance(rules, list) or len(rules) > RULES_MAX:
        raise InvalidMappingError(f"directions is a list of at most {RULES_MAX} rules.")
    lines: dict[tuple[str, str], str] = {}
    for name, kind in _TABLES.items():
        lines.update(_table(content.get(name, {}), name, kind))
    return CallMapping(str(zone), tuple(_rule(rule) for rule in rules), lines)


def line_key(kind: str, value: str) -> tuple[str, str]:
    """Return under which key a line of a table is looked up."""
    return kind, number_key(value) if kind == "number" else value


def _table(content: Any, name: str, kind: str) -> Iterator[tuple[tuple[str, str], str]]:
    if not isinstance(content, dict):
        raise InvalidMappingError(f"{name} is an object of words and tenants.")
    for value, tenant in content.items():
        if not isinstance(tenant, str) or not tenant or not value or len(value) > 100:
            raise InvalidMappingError(f"{name}: {value!r} has no tenant that can be read.")
        yield line_key(kind, value), tenant


def _rule(content: Any) -> DirectionRule:
    if not isinstance(content, dict) or content.get("direction") not in DIRECTIONS:
        raise InvalidMappingError(f"A rule has a direction: {', '.join(DIRECTIONS)}.")
    patterns = {name: content.get(name, "*") for name in _PATTERNS}
    if set(content) - {"direction", *_PATTERNS} or not all(
        isinstance(pattern, str) for pattern in patterns.values()
    ):
        raise InvalidMappingError(f"A rule has patterns for {', '.join(_PATTERNS)}.")
    return DirectionRule(content["direction"], **patterns)


def _habit(cells: Mapping[str, str]) -> str:
    if _FROM_OUTSIDE.search(cells.get("dcontext", "").lower()):
        return INBOUND
    dialled = cells.get("dst", "")
    # Extensions, and services such as *97 or `s`, are inside.
    inside = not dialled.lstrip("+").isdigit() or len(dialled) <= _EXTENSION_DIGITS
    return INTERNAL if inside else OUTBOUND


def _lines_of(cells: Mapping[str, str], direction: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that may tell a call's tenant: the number that is ours, the other one, then the trunks."""
    numbers = ("dst", "src") if direction == INBOUND else ("src", "dst")
    for name in numbers:
        if cells.get(name):
            yield line_key("number", cells[name])
    for name in ("channel", "dstchannel"):
        if cells.get(name):
            yield "trunk", trunk_key(cells[name])
