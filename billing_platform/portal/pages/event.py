"""The page of one event that was not counted: what was sent, why it was refused or waits, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_moment
from billing_platform.portal.pages.events import MAY_REPLAY, parking_words, refusal_result
from billing_platform.portal.pages.events_filter import EventFilter, Tab
from billing_platform.portal.refusal_words import VIAS, advice, refusal_words
from tenants.errors import TenantNotFoundError
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenant_by_external_id
from usage.enums import OriginalForm, RefusedVerdict
from usage.importers.cloudevents import NotJsonError, parse_json
from usage.intake.originals import exact_json
from usage.selectors.accepted import accepted_event, is_id_taken
from usage.selectors.parked import parked_event
from usage.selectors.refused import refused_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usage.selectors.accepted import AcceptedEvent
    from usage.selectors.refused import RefusedRow

_INDENT: Final = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of the event: a text, or a moment."""

    label: str
    text: str = ""
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the content that counts beside that of the one that conflicts."""

    label: str
    accepted: str
    sent: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.accepted != self.sent


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event.

    Attributes:
        name: its id, or words where it has none.
        why: the reason in words; `advice` what can be done.
        text: what was sent; empty once it was erased.
        differences: of a conflict, when the content that counts was found.
        may_retry, may_dismiss: what the person who looks may do with it now.
    """

    name: str
    tab: Tab
    why: str
    advice: str
    facts: Sequence[Fact]
    text: str
    is_cut: bool
    differences: Sequence[Difference]
    is_conflict: bool
    may_retry: bool
    may_dismiss: bool
    number: int
    list_url: str
    zone: str


def refused_event_page(provider_id: int, number: int, *, role: str, zone: str) -> EventPage | None:
    """Return the page of a refused event, or None when the provider has no such one.

    Args:
        provider_id: whose; its scope is open.
        number: the row's id.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
    """
    row = refused_event(provider_id, number)
    if row is None:
        return None
    is_conflict = row.verdict == RefusedVerdict.CONFLICT
    tab, may_act = (Tab.CONFLICTS if is_conflict else Tab.REJECTED), role in MAY_REPLAY
    item = _read(row)
    return EventPage(
        name=row.event_id or _("Event without a readable id"),
        tab=tab,
        why=refusal_words(row.reason),
        advice=_advice(provider_id, row),
        facts=[*_contents(provider_id, row), *_history(row)],
        text=exact_json(item, indent=_INDENT) if item is not None else row.original,
        is_cut=row.is_cut,
        differences=_differences(provider_id, row, item, zone) if is_conflict else (),
        is_conflict=is_conflict,
        may_retry=may_act and row.may_be_tried,
        may_dismiss=may_act and not row.outcome,
        number=row.number,
        list_url=f"{reverse('provider-events')}{EventFilter(tab=tab).query()}",
        zone=zone,
    )


def parked_event_page(provider_id: int, number: int, *, zone: str) -> EventPage | None:
    """Return the page of a parked event, or None when the provider has no such one.

    Args:
        provider_id: whose; its scope is open.
        number: the row's id.
        zone: the provider's time zone.
    """
    found = parked_event(provider_id, number)
    if found is None:
        return None
    row, payload = found
    refused = row.refused_reason
    facts = [
        Fact(_("Client id"), row.tenant_external_id, url=_client_url(provider_id, row)),
        Fact(_("Type"), row.event_type),
        Fact(_("Time"), at=row.at),
        Fact(_("Source"), row.source),
        Fact(_("Received"), at=row.received_at),
    ]
    return EventPage(
        name=row.event_id,
        tab=Tab.PARKED,
        why=refusal_words(refused) if refused else parking_words(row.reason),
        advice=""
        if refused
        else _("It is counted by itself within a minute once its client and its meter exist."),
        facts=facts,
        text=exact_json(payload, indent=_INDENT) if payload else "",
        is_cut=False,
        differences=(),
        is_conflict=False,
        may_retry=False,
        may_dismiss=False,
        number=number,
        list_url=reverse("provider-events"),
        zone=zone,
    )


def _advice(provider_id: int, row: RefusedRow) -> str:
    """Return what can be done; nothing once it left the list, or where what was sent again counts."""
    if row.outcome:
        return ""
    is_rejected = row.verdict == RefusedVerdict.REJECTED and row.event_id
    if is_rejected and is_id_taken(provider_id, source=row.source, event_id=row.event_id):
        return _(
            "An event with this id counts by now: it was sent again. This one can be dismissed."
        )
    return advice(row.reason)


def _contents(provider_id: int, row: RefusedRow) -> list[Fact]:
    url = _client_url(provider_id, row)
    facts = [
        Fact(_("Client id"), row.tenant_external_id, url=url),
        Fact(_("Type"), row.event_type),
        Fact(_("Time"), at=row.at),
        Fact(_("Source"), row.source),
        Fact(_("Came by"), VIAS.get(row.via, "")),
        Fact(_("Reason code"), row.reason),
    ]
    return [fact for fact in facts if fact.text or fact.at]


def _history(row: RefusedRow) -> list[Fact]:
    people = emails_of(number for number in (row.settled_by_id, row.tried_by_id) if number)
    facts = [Fact(_("Received"), at=row.received_at)]
    if row.times > 1:
        facts += [Fact(_("Last sent"), at=row.last_seen_at), Fact(_("Times sent"), str(row.times))]
    if row.tried_at:
        facts += [
            Fact(_("Last tried again"), at=row.tried_at),
            Fact(_("Tried by"), people.get(row.tried_by_id or 0, _("System"))),
        ]
    if refusal_result(row):
        facts.append(Fact(_("Result"), refusal_result(row)))
    if row.settled_at:
        facts += [
            Fact(_("Off the list"), at=row.settled_at),
            Fact(_("Taken off by"), people.get(row.settled_by_id or 0, _("System"))),
        ]
    return facts


def _client_url(provider_id: int, row: Any) -> str:
    if not row.tenant_external_id:
        return ""
    try:
        tenant = tenant_by_external_id(provider_id, row.tenant_external_id)
    except TenantNotFoundError:
        return ""
    return reverse("provider-client", kwargs={"public_id": tenant.public_id})


def _read(row: RefusedRow) -> object | None:
    """Return what was sent as JSON, or None where it is a line or not whole."""
    if row.form == OriginalForm.LINE or row.is_cut:
        return None
    try:
        return parse_json(row.original)
    except NotJsonError:
        return None


def _differences(provider_id: int, row: RefusedRow, item: object, zone: str) -> list[Difference]:
    if not isinstance(item, dict) or row.at is None:
        return []
    accepted = accepted_event(
        provider_id,
        source=row.source,
        event_id=row.event_id,
        tenant=row.tenant_external_id,
        at=row.at,
    )
    return _compared(accepted, item, row, zone) if accepted else []


def _compared(
    accepted: AcceptedEvent, item: Mapping[str, Any], row: RefusedRow, zone: str
) -> list[Difference]:
    language = get_language() or "en"
    moments = [
        format_moment(at, zone, language, style="full") if at else ""
        for at in (accepted.at, row.at)
    ]
    sent = item.get("data") if isinstance(item.get("data"), dict) else {}
    kept = accepted.data or {}
    heads = [
        Difference(_("Client id"), accepted.tenant, row.tenant_external_id),
        Difference(_("Type"), accepted.type, row.event_type),
        Difference(_("Subject"), accepted.subject, str(item.get("subject") or "")),
        Difference(_("Time"), *moments),
    ]
    names = [*kept, *(name for name in sent or {} if name not in kept)]
    return heads + [
        Difference(name, _value(kept, name), _value(sent or {}, name)) for name in names
    ]


def _value(data: Mapping[str, Any], name: str) -> str:
    if name not in data:
        return ""
    value = data[name]
    return value if isinstance(value, str) else exact_json(value)
