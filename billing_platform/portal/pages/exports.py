"""The page of a person's exports: what is being written, what can be fetched, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from django.urls import reverse

from billing_platform.portal.list_files import FILE
from tenants.enums import ExportState
from tenants.selectors.list_exports import exports_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenants.access import MemberRequest
    from tenants.selectors.list_exports import ExportView

_REMOVED: Final = "export_removed"


@dataclass(frozen=True, slots=True)
class ExportLine:
    """An export in the list.

    Attributes:
        filters: what its address asked for.
        pill: its state, for the tag of that name.
        url: of its file; empty where there is none for who looks.
    """

    view: ExportView
    filters: str
    pill: str
    url: str


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """The list; while something is being written, the page asks for itself at `url`."""

    lines: Sequence[ExportLine]
    is_open: bool
    url: str
    zone: str


def exports_page(request: MemberRequest, *, now: datetime) -> ExportsPage:
    """Return the exports of the person who looks, by one query.

    Args:
        request: of the page; its scope is open.
        now: the present moment.
    """
    tenant_id = request.membership.tenant_id
    page = "exports" if tenant_id else "provider-exports"
    tenant = getattr(request, "tenant", None)
    found = exports_of(request.provider.id, tenant_id or 0, request.user.pk)
    # Who looks through that person's eyes sees what there is, and fetches nothing.
    route = "" if getattr(request.user, "is_hijacked", False) else f"{page[:-1]}-file"
    return ExportsPage(
        lines=[_line(view, route, now) for view in found],
        is_open=any(view.is_open for view in found),
        url=reverse(page),
        zone=tenant.time_zone if tenant else request.provider.time_zone,
    )


def _line(view: ExportView, route: str, now: datetime) -> ExportLine:
    is_kept = view.is_kept(now)
    asked = ((name, value) for name, value in parse_qsl(view.query) if name != FILE)
    is_removed = view.state == ExportState.DONE and not is_kept
    return ExportLine(
        view=view,
        filters=", ".join(f"{name} {value}" for name, value in asked),
        pill=_REMOVED if is_removed else f"export_{view.state.value}",
        url=reverse(route, kwargs={"export_id": view.number}) if is_kept and route else "",
    )
