"""What became of refused events that were tried again, in one sentence; for the views of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_count
from usage.intake.verdicts import Verdict

if TYPE_CHECKING:
    from usage.services.retries import RetryReport


def retried_words(report: RetryReport) -> str:
    """Return the sentence; of a single event it says just what became of it.

    Args:
        report: of a try with at least one event.
    """
    if report.tried == 1:
        (verdict,) = report.verdicts
        return {
            Verdict.ACCEPTED: _("It is counted now."),
            Verdict.PARKED: _("It is parked: its client or meter is still missing."),
            Verdict.DUPLICATE: _("It was counted before."),
            Verdict.CONFLICT: _("It was not counted: its id stands for other content by now."),
            Verdict.REJECTED: _("It was refused again."),
        }[verdict]
    return _(
        "%(tried)s tried again: %(counted)s counted, %(parked)s parked, %(known)s counted before,"
        " %(conflicts)s in conflict, %(refused)s refused again."
    ) % {
        "tried": format_count(report.tried),
        "counted": format_count(report.verdicts[Verdict.ACCEPTED]),
        "parked": format_count(report.verdicts[Verdict.PARKED]),
        "known": format_count(report.verdicts[Verdict.DUPLICATE]),
        "conflicts": format_count(report.verdicts[Verdict.CONFLICT]),
        "refused": format_count(report.verdicts[Verdict.REJECTED]),
    }
