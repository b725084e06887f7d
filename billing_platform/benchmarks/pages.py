"""The benchmark of the portals' pages: the time each takes in this process, behind the whole middleware, uncached."""

from __future__ import annotations

import logging
import math
import statistics
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import override_settings

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.page_data import build_scenery
from billing_platform.benchmarks.page_routes import require_known_arguments, visits
from billing_platform.benchmarks.scratch import connect, scratch_database, web_role
from billing_platform.kernel.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponseBase

    from billing_platform.benchmarks.page_routes import Visit

LIMIT_MS: Final = 100
# A list is read whole, or up to its 10,001st row, before the first byte of its file.
FILE_LIMIT_MS: Final = 5_000
_FILES: Final = ("-csv", "-rows")
NOT_ALLOWED: Final = 405
_LOGIN: Final = "django.contrib.auth.backends.ModelBackend"


class PageFailedError(BenchmarkError):
    """A page answered with an error, or without what it should show."""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """What one page took; `counts` are the numbers of queries that its answers needed."""

    page: str
    counts: frozenset[int]
    times_ms: tuple[float, ...]

    @property
    def p50_ms(self) -> float:
        """Return the median."""
        return statistics.median(self.times_ms)

    @property
    def p95_ms(self) -> float:
        """Return the time that nineteen of twenty answers did not exceed."""
        return sorted(self.times_ms)[math.ceil(0.95 * len(self.times_ms)) - 1]

    @property
    def limit_ms(self) -> int:
        """Return what the 95th percentile may be."""
        return FILE_LIMIT_MS if is_file(self.page) else LIMIT_MS

    def as_json(self) -> dict[str, Any]:
        """Return the stable keys."""
        return {
            "page": self.page,
            "queries": max(self.counts),
            "p50_ms": round(self.p50_ms, 1),
            "p95_ms": round(self.p95_ms, 1),
        }


@dataclass(frozen=True)
class PagesReport:
    """All pages, the slowest first."""

    pages: tuple[PageTimes, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """Return a line per page."""
        return [page.as_json() for page in self.pages]

    def as_lines(self) -> list[str]:
        """Return the figures for people."""
        return [
            f"{page.p95_ms:8.1f} ms p95 {page.p50_ms:8.1f} ms p50 {max(page.counts):4} queries   {page.page}"
            for page in self.pages
        ]

    def problems(self) -> list[str]:
        """Return in words which pages are too slow, or ask more often for one customer than for another.

        A file is read part by part (decision 45), so a longer one takes more queries.
        """
        slow = [f"{p.page}: {p.p95_ms:.0f} ms" for p in self.pages if p.p95_ms > p.limit_ms]
        uneven = [
            f"{p.page}: {sorted(p.counts)} queries"
            for p in self.pages
            if len(p.counts) > 1 and not is_file(p.page)
        ]
        return slow + uneven


@dataclass
class _Browsers:
    """A logged-in browser per person, and the count of queries of the answer under way."""

    queries: int = 0
    known: dict[int | None, Client] = field(default_factory=dict)

    def of(self, user_id: int | None) -> Client:
        """Return a person's browser; None is nobody's."""
        if user_id not in self.known:
            browser = Client(headers={"host": "bench.localhost"})
            if user_id is not None:
                user = get_user_model().objects.get(pk=user_id)
                browser.force_login(user, backend=_LOGIN)
            self.known[user_id] = browser
        return self.known[user_id]

    def count(self, execute: Callable[..., Any], *query: Any) -> Any:
        """Count a query and let it pass."""
        self.queries += 1
        return execute(*query)


def is_file(page: str) -> bool:
    """Return whether a page is the file of a list.

    Args:
        page: its route's name, with what is asked for.
    """
    return page.partition("?")[0].endswith(_FILES)


def measure_pages(
    *,
    tenants: int,
    entries: int,
    repeat: int,
    tell: Callable[[str], None],
    template: str | None = None,
) -> PagesReport:
    """Measure every page of both portals.

    Args:
        tenants: how many customers the provider has, 10 or more.
        entries: about how many ledger entries.
        repeat: how many answers of each page are timed.
        tell: takes the lines of progress.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database cannot be had, an address cannot be filled, or a page fails.
    """
    require_known_arguments()
    with (
        scratch_database(template=template) as name,
        closing(connect(name)) as raw,
        raw.cursor() as owner,
    ):
        started = time.perf_counter()
        tell(f"Building {tenants:,} tenants …")
        scenery = build_scenery(owner, tenants=tenants, entries=entries, now=now(), tell=tell)
        tell(f"Built in {time.perf_counter() - started:,.0f} s.")
        with web_role(), _settings():
            return PagesReport(tuple(_measure(visits(scenery), repeat, tell)))


@contextmanager
def _settings() -> Iterator[None]:
    """Answer as in production, as far as it costs time; without DEBUG no query is kept."""
    warned = logging.getLogger("django.request")
    before = warned.level
    warned.setLevel(logging.ERROR)  # every route that takes no GET would be a line
    try:
        with override_settings(DEBUG=False, ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False):
            yield
    finally:
        warned.setLevel(before)


def _measure(asked: list[Visit], repeat: int, tell: Callable[[str], None]) -> Iterator[PageTimes]:
    browsers = _Browsers()
    found = []
    with connection.execute_wrapper(browsers.count):
        for visit in asked:
            taken = _take(visit, browsers, repeat)
            if taken is not None:
                tell(f"  {taken.p95_ms:8.1f} ms  {taken.page}")
                found.append(taken)
    yield from sorted(found, key=lambda page: -page.p95_ms)


def _take(visit: Visit, browsers: _Browsers, repeat: int) -> PageTimes | None:
    counts, times = set(), []
    for number in range(-len(visit.targets), repeat):  # the first answers warm up
        address, person, mark = visit.targets[number % len(visit.targets)]
        browser = browsers.of(person)
        browsers.queries = 0
        begun = time.perf_counter()
        answer = browser.get(address, secure=True)
        body = _body(answer)
        ended = time.perf_counter()
        if answer.status_code == NOT_ALLOWED:
            return None  # no page: it only takes what is sent to it
        # The file of a list beyond 10,000 rows is written by a worker (decision 45).
        is_told = mark in body or (answer.status_code == 302 and is_file(visit.page))
        if answer.status_code >= 400 or not is_told:
            raise PageFailedError(
                f"{visit.page} ({address}) answered {answer.status_code} and does not show {mark!r}: {body[:300]}"
            )
        if number >= 0:
            counts.add(browsers.queries)
            times.append((ended - begun) * 1000)
    return PageTimes(visit.page, frozenset(counts), tuple(times))


def _body(answer: HttpResponseBase) -> str:
    """Return the text of an answer; of a download its first parts, for that is when it begins to arrive."""
    if not isinstance(answer, StreamingHttpResponse):
        return str(getattr(answer, "content", b"").decode())
    parts: list[bytes] = []
    for part in answer:
        parts.append(part)
        if len(parts) > 1:
            break
    answer.close()
    return b"".join(parts).decode()
