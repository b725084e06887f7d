"""The pages of uploaded usage files: the list, and one of them while it is read and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.uploads_filter import matching_uploads
from billing_platform.portal.upload_words import (
    FAILURE_ADVICE,
    FORMATS,
    STATES,
    failure_words,
    row_words,
)
from billing_platform.portal.verdict_words import VERDICTS
from tenants.enums import ProviderRole
from tenants.selectors.changes import emails_of
from usage.enums import UploadFailure, UploadState
from usage.selectors.uploads import (
    rows_not_accepted,
    upload_view,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billing_platform.portal.pages.uploads_filter import UploadFilter
    from usage.selectors.uploads import UploadView

MAY_UPLOAD: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
_ROWS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class UploadLine:
    """An upload with its words."""

    view: UploadView
    url: str
    who: str
    format: str


@dataclass(frozen=True, slots=True)
class UploadsPage:
    """The uploads that match, newest first."""

    lines: Sequence[UploadLine]
    wanted: UploadFilter
    states: Mapping[str, str]
    formats: Mapping[str, str]
    may_upload: bool
    csv_url: str
    newest_url: str
    older_url: str
    zone: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rows met a verdict, and what that means."""

    label: str
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that was not accepted, in words."""

    number: int
    event_id: str
    verdict: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class UploadPage:
    """One upload.

    Attributes:
        percent: of its bytes, while it is read.
        rows: the first that were not accepted.
        more: how many there are besides.
        rows_url: the file of all of them; empty when there is none, or when they were removed.
    """

    view: UploadView
    url: str
    who: str
    format: str
    percent: int
    figures: Sequence[Figure]
    rows: Sequence[RowLine]
    more: int
    rows_url: str
    failure: str
    advice: str
    may_cancel: bool
    may_read_again: bool
    zone: str


def uploads_page(provider_id: int, wanted: UploadFilter, *, role: str, zone: str) -> UploadsPage:
    """Return the list, by two queries.

    Args:
        provider_id: whose; its scope is open.
        wanted: which uploads.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
    """
    rows = matching_uploads(provider_id, wanted, limit=wanted.size + 1)
    shown = rows[: wanted.size]
    emails = emails_of(row.uploaded_by_id for row in shown)
    is_more = len(rows) > wanted.size
    return UploadsPage(
        lines=[
            UploadLine(row, _url(row), emails.get(row.uploaded_by_id, ""), FORMATS[row.format])
            for row in shown
        ],
        wanted=wanted,
        states=STATES,
        formats=FORMATS,
        may_upload=role in MAY_UPLOAD,
        csv_url=wanted.url("provider-uploads-csv"),
        newest_url=wanted.url("provider-uploads") if wanted.before else "",
        older_url=wanted.url("provider-uploads", before=shown[-1].number) if is_more else "",
        zone=zone,
    )


def upload_page(provider_id: int, upload_id: int, *, role: str, zone: str) -> UploadPage:
    """Return one upload, by three queries.

    Args:
        provider_id: whose; its scope is open.
        upload_id: its number.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.

    Raises:
        UnknownUploadError: the provider has no such upload.
    """
    view = upload_view(provider_id, upload_id)
    rows = rows_not_accepted(provider_id, upload_id, limit=_ROWS_SHOWN)
    may_change = role in MAY_UPLOAD
    rows_url = reverse("provider-upload-rows", kwargs={"upload_id": view.number})
    return UploadPage(
        view=view,
        url=_url(view),
        who=emails_of([view.uploaded_by_id]).get(view.uploaded_by_id, ""),
        format=FORMATS[view.format],
        percent=100 * view.position // view.size if view.size else 0,
        figures=_figures(view),
        rows=[
            RowLine(row.number, row.event_id, VERDICTS[row.verdict], *row_words(row))
            for row in rows
        ],
        more=max(0, view.not_accepted - len(rows)) if rows else 0,
        rows_url=rows_url if rows else "",
        failure=failure_words(view.failure, view.failure_detail) if view.failure else "",
        advice=FAILURE_ADVICE[view.failure] if view.failure else "",
        may_cancel=may_change and view.is_open,
        may_read_again=may_change and _can_be_read(view),
        zone=zone,
    )


def _can_be_read(view: UploadView) -> bool:
    """Return whether another reading may come to something else."""
    is_hopeless = view.state == UploadState.FAILED and view.failure != UploadFailure.STALLED
    return not view.is_open and view.is_stored and not is_hopeless


def _figures(view: UploadView) -> list[Figure]:
    figures = [
        Figure(_("Accepted"), view.accepted, _("Kept and counted.")),
        Figure(_("Duplicates"), view.duplicates, _("Counted before, with the same content.")),
        Figure(_("Conflicts"), view.conflicts, _("Their id stands for other content.")),
        Figure(_("Rejected"), view.rejected, _("They cannot be taken as they are.")),
        Figure(_("Parked"), view.parked, _("They wait for a client or a meter.")),
    ]
    if view.ignored:
        figures.append(Figure(_("No usage"), view.ignored, _("Calls that nobody answered.")))
    return figures


def _url(view: UploadView) -> str:
    return reverse("provider-upload", kwargs={"upload_id": view.number})
