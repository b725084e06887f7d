"""The audit log: who changed what, before and after, from the histories and from what people posted by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors.staff_postings import KIND, StaffPosting, staff_postings
from billing_platform.kernel.money import Money
from billing_platform.portal.audit_words import (
    KINDS,
    REGISTERED,
    changed_fields,
    name_of,
    posting_fields,
)
from billing_platform.portal.pages.address import (
    address_day,
    address_moment,
    address_query,
    address_text,
    days_bounds,
    row_number,
)
from billing_platform.portal.pages.audit_histories import HISTORIES
from billing_platform.portal.pages.audit_known import known_things
from billing_platform.portal.pages.list_links import asked_size
from tenants.errors import TenantNotFoundError
from tenants.selectors.changes import Mark, emails_of, list_changes
from tenants.selectors.tenants import tenant_by_external_id, tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from billing_platform.portal.audit_registry import Known
    from billing_platform.portal.audit_words import FieldChange
    from billing_platform.portal.list_cells import Cell
    from tenants.selectors.changes import Change
    from tenants.types import TenantView

PAGE_ROWS: Final = 50
_FILE_ROWS: Final = 500
AUDIT_HEAD: Final = ("at", "who", "as", "client", "kind", "what", "field", "before", "after")
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is asked for; what is empty does not narrow.

    Attributes:
        who: number of a user.
        kind: of KINDS.
        client: a client's own id.
        since, until: days in the provider's zone, both included, as the address has them.
        size: rows of a page, of SIZES.
        before: the place before which the page begins: moment, kind, number.
    """

    who: str = ""
    kind: str = ""
    client: str = ""
    since: str = ""
    until: str = ""
    size: int = PAGE_ROWS
    before: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> AuditFilter:
        """Return what an address asks for; what makes no sense is left out."""
        who, kind = query.get("who", ""), query.get("kind", "")
        return cls(
            who=str(row_number(who) or ""),
            kind=kind if kind in KINDS else "",
            client=address_text(query.get("client", ""), 200),
            since=str(address_day(query.get("since", "")) or ""),
            until=str(address_day(query.get("until", "")) or ""),
            size=asked_size(query, PAGE_ROWS),
            before=query.get("before", "")[:80],
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the page is chosen."""
        return any((self.who, self.kind, self.client, self.since, self.until))

    def query(self, **more: str) -> str:
        """Return it as the query of an address, without the page."""
        named = {
            "who": self.who,
            "kind": self.kind,
            "client": self.client,
            "since": self.since,
            "until": self.until,
            "size": str(self.size) if self.size != PAGE_ROWS else "",
            **more,
        }
        return address_query(named)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change in words; `through` is who did it through that person's eyes, or empty; `place` names its row."""

    place: str
    at: datetime
    who: str
    through: str
    kind: str
    what: str
    client: str
    client_url: str
    fields: Sequence[FieldChange] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of changes, newest first."""

    rows: Sequence[AuditRow]
    wanted: AuditFilter
    people: Sequence[tuple[str, str]]
    kinds: Mapping[str, Any]
    csv_url: str
    newest_url: str
    older_url: str
    zone: str


def audit_page(
    provider_id: int, wanted: AuditFilter, people: Sequence[tuple[str, str]], *, zone: str
) -> AuditPage:
    """Return the page, by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        wanted: which changes.
        people: numbers and addresses of those who may be chosen.
        zone: the provider's time zone.
    """
    rows = audit_rows(provider_id, wanted, zone=zone, limit=wanted.size)
    path, is_more = reverse("provider-audit"), len(rows) >= wanted.size
    older = wanted.query(before=rows[-1].place) if is_more else ""
    return AuditPage(
        rows=rows,
        wanted=wanted,
        people=people,
        kinds=KINDS,
        csv_url=f"{reverse('provider-audit-csv')}{wanted.query()}",
        newest_url=path + wanted.query() if wanted.before else "",
        older_url=path + older if older else "",
        zone=zone,
    )


def audit_rows(
    provider_id: int, wanted: AuditFilter, *, zone: str, limit: int, tenant_id: int = 0
) -> list[AuditRow]:
    """Return changes in words, newest first.

    Args:
        provider_id: whose; its scope is open.
        wanted: which changes.
        zone: in which its days are meant and its times told.
        limit: how many at most.
        tenant_id: of one tenant only, instead of the client that the filter names.
    """
    if wanted.client and not tenant_id:
        try:
            tenant_id = tenant_by_external_id(provider_id, wanted.client).id
        except TenantNotFoundError:
            return []
    since, until = _span(wanted, zone)
    bounds: dict[str, Any] = {
        "since": since,
        "until": until,
        "limit": limit,
        "tenant_id": tenant_id,
    }
    user_id = int(wanted.who or 0)
    found: list[Change | StaffPosting] = []
    if wanted.kind in {"", *REGISTERED}:
        found += list_changes(
            provider_id, user_id=user_id, kind=wanted.kind, histories=HISTORIES, **bounds
        )
    if wanted.kind in {"", KIND}:
        found += staff_postings(provider_id, user_id=user_id, **bounds)
    found.sort(key=_mark, reverse=True)
    return _in_words(provider_id, found[:limit], zone)


def audit_cells(provider_id: int, wanted: AuditFilter, *, zone: str) -> Iterator[Sequence[Cell]]:
    """Yield all changes that match as lines of a file, one per field, newest first.

    Args:
        provider_id: whose; its scope is open while it is read.
        wanted: which changes.
        zone: in which its days are meant.
    """
    before, limit = wanted.before, PAGE_ROWS
    while True:
        page = replace(wanted, before=before)
        rows = audit_rows(provider_id, page, zone=zone, limit=limit)
        for row in rows:
            head = (row.at, row.who, row.through, row.client, row.kind, row.what)
            for change in row.fields or ():
                yield [*head, *(str(each) for each in (change.name, change.before, change.after))]
            if not row.fields:
                yield [*head, "", "", ""]
        if len(rows) < limit:
            return
        # The first lines come soon, the others in longer stretches.
        before, limit = rows[-1].place, _FILE_ROWS


def _in_words(
    provider_id: int, found: Sequence[Change | StaffPosting], zone: str
) -> list[AuditRow]:
    people = {row.user_id for row in found} | {getattr(row, "hijacker_id", None) for row in found}
    subjects = {row.content.get("user_id") for row in found if hasattr(row, "content")}
    emails = emails_of(number for number in people | subjects if number)
    tenants = tenants_by_id(provider_id, {row.tenant_id for row in found if row.tenant_id})
    rows = [row for row in found if not isinstance(row, StaffPosting)]
    known = known_things(provider_id, rows)
    return [_row(row, emails, known, tenants.get(row.tenant_id), zone) for row in found]


def _row(
    row: Change | StaffPosting,
    emails: Mapping[int, str],
    known: Known,
    tenant: TenantView | None,
    zone: str,
) -> AuditRow:
    place = {"public_id": tenant.public_id} if tenant else {}
    through = getattr(row, "hijacker_id", None)
    if isinstance(row, StaffPosting):
        kind, what = KIND, ""
        money = Money(row.amount_minor, row.currency)
        fields = posting_fields(row.kind, money, row.reason)
    else:
        kind, what = row.kind, name_of(row.kind, row.content, emails, known)
        fields = changed_fields(kind, row.label, row.content, row.former, zone=zone, known=known)
    mark = _mark(row)
    return AuditRow(
        place=f"{mark.at.isoformat()} {mark.kind} {mark.number}",
        at=row.at,
        who=emails.get(through or row.user_id or 0, _("System")),
        through=emails.get(row.user_id or 0, "") if through else "",
        kind=str(KINDS[kind]),
        what=what,
        client=tenant.name if tenant else "",
        client_url=reverse("provider-client", kwargs=place) if tenant else "",
        fields=fields,
    )


def _mark(row: Change | StaffPosting) -> Mark:
    kind = KIND if isinstance(row, StaffPosting) else row.kind
    return Mark(row.at, kind, row.number)


def _span(wanted: AuditFilter, zone: str) -> tuple[datetime, Mark]:
    first, last = days_bounds(address_day(wanted.since), address_day(wanted.until), zone)
    return first or _FIRST, min(Mark(last or _LAST), _mark_of(wanted.before) or Mark(_LAST))


def _mark_of(text: str) -> Mark | None:
    moment, _, rest = text.partition(" ")
    kind, _, number = rest.partition(" ")
    at, place = address_moment(moment), row_number(number)
    return Mark(at, kind, place) if at and kind in KINDS and place else None
