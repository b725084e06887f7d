"""The page of a provider's charging runs: whether one is under way, how far it is, and how the last ones went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing_platform.kernel.job_history import last_runs
from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.other_jobs import late_jobs, other_jobs
from tenants.enums import ProviderRole
from usage.selectors.progress import charged_through
from usage.services.charging import JOB

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.kernel.job_history import RunRecord
    from billing_platform.portal.pages.other_jobs import JobLine
    from tenants.types import ProviderView

MAY_CHARGE: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
_SHOWN: Final = 50
_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run; `seconds` is None while it is under way, `error` empty unless it failed."""

    started_at: datetime
    covered_from: datetime | None
    covered_to: datetime | None
    seconds: Decimal | None
    clients: int
    words: str
    error: str


@dataclass(frozen=True, slots=True)
class JobRunsPage:
    """The last runs, newest first.

    Attributes:
        behind_hours: full hours that are over and not charged yet.
        running: the run that is under way, or None.
        slowest: seconds of the longest run that is shown; 0 before one has ended.
        others: the platform's periodic jobs, and what of each concerns the provider.
        late: how many of them do not keep up.
    """

    charged_through: datetime | None
    behind_hours: int
    running: RunLine | None
    lines: Sequence[RunLine]
    slowest: Decimal
    others: Sequence[JobLine]
    late: int
    may_charge: bool
    zone: str


def job_runs_page(provider: ProviderView, *, role: str, now: datetime) -> JobRunsPage:
    """Return the page, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        role: of the person who looks, of ProviderRole.
        now: the present moment.
    """
    provider_id = provider.id
    through = charged_through(provider_id)
    lines = [_line(run) for run in last_runs(job=JOB, provider_id=provider_id, limit=_SHOWN)]
    running = next((line for line in lines if line.seconds is None), None)
    others = other_jobs(provider, now=now)
    behind = hour_floor(now) - through if through is not None else timedelta(0)
    return JobRunsPage(
        charged_through=through,
        behind_hours=max(0, behind // timedelta(hours=1)),
        running=running,
        lines=lines,
        slowest=max((line.seconds or Decimal(0) for line in lines), default=Decimal(0)),
        others=others,
        late=late_jobs(others),
        may_charge=role in MAY_CHARGE,
        zone=provider.time_zone,
    )


def _line(run: RunRecord) -> RunLine:
    ended = run.finished_at
    return RunLine(
        started_at=run.started_at,
        covered_from=run.covered_from,
        covered_to=run.covered_to,
        seconds=None if ended is None else Decimal((ended - run.started_at) // _MS) / 1000,
        clients=run.counts.get("tenants", 0),
        words=_words(run),
        error=run.error,
    )


def _words(run: RunRecord) -> str:
    charged = run.counts.get("tenants", 0)
    closed = run.counts.get("closed", 0)
    words = ngettext("%(count)s balance changed", "%(count)s balances changed", charged)
    said = [words % {"count": f"{charged:,}"}] if charged else []
    if closed:
        words = ngettext("%(count)s period closed", "%(count)s periods closed", closed)
        said.append(words % {"count": f"{closed:,}"})
    return ", ".join(said) or _("nothing was due")
