"""The pages of phone systems: the list with its watched folders, and one with its rules, lines and waiting calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.status_tabs import counted
from billing_platform.portal.words import CALL_DIRECTIONS, LINE_KINDS
from tenants.enums import ProviderRole
from tenants.selectors.tenants import tenants_by_external_id
from usage.selectors.phone_systems import (
    list_folders,
    list_lines,
    list_phone_systems,
    phone_system,
    waiting_lines,
)
from usage.services.own_folders import own_folders_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenants.types import ProviderView, TenantView
    from usage.importers.asterisk_mapping import DirectionRule
    from usage.selectors.phone_systems import Folder, PhoneLine, PhoneSystem, WaitingLine

PAGE_LINES: Final = 50
# Who may say whose calls are whose.
MAY_MAP: Final = (ProviderRole.OWNER, ProviderRole.BILLING)


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A phone system; `lines` in words, for they are counted no further than 10,000."""

    row: PhoneSystem
    lines: str


@dataclass(frozen=True, slots=True)
class PhoneSystemsPage:
    """The list.

    Attributes:
        root: the folder beneath which the provider names its own; empty where only operators name any.
    """

    systems: Sequence[SystemRow]
    folders: Sequence[Folder]
    root: str
    may_map: bool
    zone: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its number from 1, and its place from 0."""

    number: int
    place: int
    rule: DirectionRule
    words: str
    change_url: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line, whose it is, and where that is changed; `client_url` is empty when there is no such client yet."""

    line: PhoneLine
    kind: str
    client: str
    client_url: str
    change_url: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line that nobody has, and where a client is named for it."""

    line: WaitingLine
    kind: str
    add_url: str


@dataclass(frozen=True, slots=True)
class PhoneSystemPage:
    """One phone system; `search` is what its lines are narrowed to."""

    id: int
    source: str
    time_zone: str
    rules: Sequence[RuleRow]
    lines: Sequence[LineRow]
    waiting: Sequence[WaitingRow]
    search: str
    first_url: str
    next_url: str
    may_map: bool
    zone: str


def phone_systems_page(provider: ProviderView, *, role: str) -> PhoneSystemsPage:
    """Return the list, by two queries.

    Args:
        provider: whose; its scope is open.
        role: of the person who looks, of ProviderRole.
    """
    root = own_folders_root(provider.slug)
    return PhoneSystemsPage(
        systems=[SystemRow(row, counted(row.lines)) for row in list_phone_systems(provider.id)],
        folders=list_folders(provider.id),
        root=str(root) if root else "",
        may_map=role in MAY_MAP,
        zone=provider.time_zone,
    )


def phone_system_page(
    provider: ProviderView, system_id: int, *, search: str, after: int, role: str
) -> PhoneSystemPage:
    """Return one phone system, by four queries.

    Args:
        provider: whose; its scope is open.
        system_id: which.
        search: what its lines are narrowed to; empty for all.
        after: the last line of the page before; 0 for the first page.
        role: of the person who looks, of ProviderRole.

    Raises:
        UnknownPhoneSystemError: no such phone system.
    """
    system = phone_system(provider.id, system_id)
    found = list_lines(provider.id, system_id, search=search, after=after, limit=PAGE_LINES + 1)
    shown = found[:PAGE_LINES]
    clients = tenants_by_external_id(provider.id, {line.tenant for line in shown})
    path = reverse("provider-phone-system", kwargs={"system_id": system_id})
    narrowed = {"q": search} if search else {}
    return PhoneSystemPage(
        id=system.id,
        source=system.source,
        time_zone=system.time_zone,
        rules=[_rule(system_id, place, rule) for place, rule in enumerate(system.rules)],
        lines=[_line(system_id, line, clients) for line in shown],
        waiting=[_waiting(system_id, line) for line in waiting_lines(provider.id, system.source)],
        search=search,
        first_url=f"{path}?{urlencode(narrowed)}#lines" if after else "",
        next_url=f"{path}?{urlencode({**narrowed, 'after': shown[-1].id})}#lines"
        if len(found) > PAGE_LINES
        else "",
        may_map=role in MAY_MAP,
        zone=provider.time_zone,
    )


def rule_words(rule: DirectionRule) -> str:
    """Return in words which calls meet a rule."""
    names = {
        _("context"): rule.context,
        _("caller's channel"): rule.channel,
        _("called channel"): rule.dstchannel,
        _("number called"): rule.dst,
    }
    given = [f"{name} {pattern}" for name, pattern in names.items() if pattern != "*"]
    return ", ".join(given) or _("every other call")


def _rule(system_id: int, place: int, rule: DirectionRule) -> RuleRow:
    path = reverse("provider-phone-rule", kwargs={"system_id": system_id})
    return RuleRow(
        number=place + 1,
        place=place,
        rule=rule,
        words=f"{CALL_DIRECTIONS[rule.direction]}: {rule_words(rule)}",
        change_url=f"{path}?place={place}",
    )


def _line(system_id: int, line: PhoneLine, clients: Mapping[str, TenantView]) -> LineRow:
    client = clients.get(line.tenant)
    place = {"public_id": client.public_id} if client else None
    return LineRow(
        line=line,
        kind=LINE_KINDS[line.kind],
        client=client.name if client else "",
        client_url=reverse("provider-client", kwargs=place) if place else "",
        change_url=_line_url(system_id, kind=line.kind, value=line.value, tenant=line.tenant),
    )


def _waiting(system_id: int, line: WaitingLine) -> WaitingRow:
    url = _line_url(system_id, kind=line.kind, value=line.value)
    return WaitingRow(line=line, kind=LINE_KINDS[line.kind], add_url=url)


def _line_url(system_id: int, **given: str) -> str:
    path = reverse("provider-phone-line", kwargs={"system_id": system_id})
    return f"{path}?{urlencode(given)}"
