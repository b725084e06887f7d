"""The benchmark of the hourly run: the application's path against the floor, in turn, on the same work."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from billing_platform.benchmarks.application import Application, build
from billing_platform.benchmarks.floor import Floor, create_tables
from billing_platform.benchmarks.probes import TransactionWatch, rss_mb
from billing_platform.benchmarks.scratch import connect, scratch_database, settle
from billing_platform.benchmarks.sums import require_equal_sums
from billing_platform.benchmarks.timing import Pair, Pairs, take_pair
from billing_platform.benchmarks.workload import copy_to_floor, load_hour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg2 import extensions

FIRST_HOUR = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class HourlyReport:
    """What one benchmark measured: runs in which every tenant changed, reruns, and runs in which 1 % changed.

    `max_lock_ms` is the longest transaction of the application's timed runs, an upper bound of any lock;
    the memory is the worker's own before and after all of them.
    """

    tenants: int
    full: Pairs
    rerun: Pairs
    sparse: Pairs | None
    rss_mb_before: float
    rss_mb_after: float
    max_lock_ms: float


class Bench:
    """Both sides over one scratch database, and the hour they stand at."""

    def __init__(self, *, owner: extensions.cursor, floor: Floor, app: Application) -> None:
        self.owner = owner
        self.floor = floor
        self.app = app
        self.hour = FIRST_HOUR
        self.watch = TransactionWatch()
        self._may_checkpoint = True

    def pair(self, number: int, *, one_in: int | None) -> Pair:
        """Enter the usage of the next hour for one in so many tenants (None: no usage) and let both sides charge it.

        Raises:
            SumsDifferError: the sides ended with different money.
        """
        if one_in is not None:
            load_hour(self.owner, provider_id=self.app.provider_id, hour=self.hour, one_in=one_in)
        self.hour += HOUR
        with self.watch.watching():
            pair = take_pair(
                number, floor=self._charge_floor, app=self._charge_app, settle=self.settle
            )
        require_equal_sums(self.owner, provider_id=self.app.provider_id)
        return pair

    def pairs(self, count: int, *, one_in: int | None, tell: Callable[[str], None]) -> Pairs:
        """Take pairs in turn and say each as it comes."""
        taken = []
        for number in range(count):
            pair = self.pair(number, one_in=one_in)
            tell(f"  floor {pair.floor_s:.3f} s, app {pair.app_s:.3f} s, ratio {pair.ratio:.2f}")
            taken.append(pair)
        return Pairs(tuple(taken))

    def settle(self) -> None:
        """Write the server's dirty pages out, so that no side pays for what went before; only where we may."""
        self._may_checkpoint = self._may_checkpoint and settle(self.owner)

    def _charge_floor(self) -> object:
        return self.floor.charge(until=self.hour)

    def _charge_app(self) -> object:
        return self.app.charge(until=self.hour)


@contextmanager
def prepared(
    *, tenants: int, tell: Callable[[str], None], template: str | None = None
) -> Iterator[Bench]:
    """Build the scratch database and both sides, and let them charge a first hour that nobody times.

    Args:
        tenants: how many, each with five meters.
        tell: takes the lines of progress.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database cannot be had, or the sides end with different money.
    """
    with (
        scratch_database(template=template) as name,
        closing(connect(name)) as raw,
        raw.cursor() as owner,
    ):
        tell(f"Building {tenants:,} tenants × 5 meters …")
        provider_id = build(owner, tenants=tenants, starts_at=FIRST_HOUR)
        create_tables(owner)
        copy_to_floor(owner, provider_id=provider_id)
        owner.execute("ANALYZE")
        with Floor(database=name, provider_id=provider_id) as floor:
            bench = Bench(owner=owner, floor=floor, app=Application(provider_id))
            bench.pair(0, one_in=1)
            owner.execute("VACUUM ANALYZE")
            bench.watch.lengths_ms.clear()
            yield bench


def measure(
    *,
    tenants: int,
    pairs: int,
    tell: Callable[[str], None],
    sparse: bool = False,
    template: str | None = None,
) -> HourlyReport:
    """Measure the hourly run of a number of tenants.

    Args:
        tenants: how many, each with five meters, all of which change in every hour.
        pairs: how many times each kind of run is taken, alternating with the floor.
        tell: takes the lines of progress.
        sparse: measure hours in which one tenant in a hundred has usage, too.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database cannot be had, or the sides end with different money.
    """
    with prepared(tenants=tenants, tell=tell, template=template) as bench:
        before = rss_mb()
        tell("Every tenant changed:")
        full = bench.pairs(pairs, one_in=1, tell=tell)
        tell("Nothing changed:")
        rerun = bench.pairs(pairs, one_in=None, tell=tell)
        few = None
        if sparse:
            tell("1 % of the tenants changed:")
            few = bench.pairs(pairs, one_in=ONE_PERCENT, tell=tell)
        return HourlyReport(
            tenants=tenants,
            full=full,
            rerun=rerun,
            sparse=few,
            rss_mb_before=before,
            rss_mb_after=rss_mb(),
            max_lock_ms=bench.watch.longest_ms,
        )
