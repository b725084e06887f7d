"""The benchmark of the ledger: single postings through the service, beside another ledger on the same database."""

from __future__ import annotations

import statistics
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.balances import wallets_of
from accounts.services.posting import post
from accounts.services.wallets import open_wallet
from accounts.types import Line, PostingRequest
from billing_platform.benchmarks.catalogue import CURRENCY
from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.rivals.hordak_process import hordak
from billing_platform.benchmarks.scratch import connect, scratch_database
from billing_platform.benchmarks.timing import seconds_of
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.providers import create_provider
from tenants.services.tenants import ensure_tenants
from tenants.types import TenantSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from billing_platform.benchmarks.rivals.hordak_process import Hordak

ROUNDS = 5
AMOUNT_MINOR = 100
SIDES = ("ours", "hordak")


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """Postings per second of both ledgers over many accounts and over one: medians of rounds taken in turn."""

    postings: int
    accounts: int
    many_per_s: float
    hot_per_s: float
    hordak_many_per_s: float
    hordak_hot_per_s: float

    def as_json(self) -> dict[str, float | int]:
        """Return the stable keys."""
        return {
            "postings": self.postings,
            "accounts": self.accounts,
            "many_per_s": round(self.many_per_s),
            "hot_per_s": round(self.hot_per_s),
            "hordak_many_per_s": round(self.hordak_many_per_s),
            "hordak_hot_per_s": round(self.hordak_hot_per_s),
        }

    def as_lines(self) -> list[str]:
        """Return the figures for people."""
        return [
            f"{self.postings:,} postings a side and kind, a transaction each, one connection",
            f"{self.accounts:,} accounts   ours {self.many_per_s:,.0f}/s   hordak {self.hordak_many_per_s:,.0f}/s",
            f"one hot account   ours {self.hot_per_s:,.0f}/s   hordak {self.hordak_hot_per_s:,.0f}/s",
        ]


@dataclass
class Books:
    """Our ledger: a provider and its tenants with wallets, credited one posting at a time."""

    provider_id: int
    tenants: Sequence[int]
    posted: int = field(default=0)

    def credit(self, places: Sequence[int]) -> None:
        """Credit these tenants in turn, a transaction each."""
        for place in places:
            self.posted += 1
            request = PostingRequest(
                kind=PostingKind.TOP_UP,
                currency=CURRENCY,
                lines=(
                    Line(
                        kind=AccountKind.WALLET,
                        amount_minor=AMOUNT_MINOR,
                        tenant_id=self.tenants[place],
                    ),
                    Line(kind=AccountKind.BANK, amount_minor=-AMOUNT_MINOR),
                ),
                key=f"bench-{self.posted}",
            )
            with provider_scope(self.provider_id):
                post(provider_id=self.provider_id, request=request, now=now())

    def balances_minor(self) -> list[int]:
        """Return the tenants' balances in minor units, in their order."""
        with provider_scope(self.provider_id):
            wallets = wallets_of(self.provider_id, self.tenants)
        found = {wallet.tenant_id: wallet.settled for wallet in wallets}
        return [found[tenant_id] for tenant_id in self.tenants]


def measure_ledger(
    *, accounts: int, postings: int, tell: Callable[[str], None], template: str | None = None
) -> LedgerReport:
    """Measure single postings.

    Args:
        accounts: how many customers the postings are spread over.
        postings: how many postings of each kind on each side, a multiple of ROUNDS.
        tell: takes the lines of progress.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database or the other ledger cannot be had, or the balances differ in the end.
    """
    with (
        scratch_database(template=template) as name,
        closing(connect(name)) as raw,
        raw.cursor() as owner,
        hordak(name, owner) as other,
    ):
        tell(f"Opening {accounts:,} accounts on each side …")
        books = open_books(accounts)
        other.open_accounts(accounts)
        share = postings // ROUNDS
        spread = [place * 7 % accounts for place in range(share)]
        many = _take(books, other, spread, tell)
        hot = _take(books, other, [0] * share, tell)
        require_equal_balances(books.balances_minor(), other.balances_minor())
    return LedgerReport(
        share * ROUNDS,
        accounts,
        share / many["ours"],
        share / hot["ours"],
        share / many["hordak"],
        share / hot["hordak"],
    )


def open_books(accounts: int) -> Books:
    """Make a provider with so many tenants, each with a wallet."""
    provider_id = create_provider(
        slug="bench",
        name="Bench",
        currency=CURRENCY,
        time_zone="UTC",
        suspension_enabled=True,
        now=now(),
    )
    specs = [TenantSpec(external_id=f"t{n}", name=f"Tenant {n}") for n in range(accounts)]
    with provider_scope(provider_id):
        ids = ensure_tenants(provider_id=provider_id, specs=specs, now=now())
        for tenant_id in ids.values():
            open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=CURRENCY, now=now())
    return Books(provider_id, [ids[spec.external_id] for spec in specs])


def require_equal_balances(ours: Sequence[int], others: Sequence[int]) -> None:
    """Compare both ledgers' balances.

    Raises:
        SumsDifferError: they differ, or nothing was posted.
    """
    differ = [
        place for place, pair in enumerate(zip(ours, others, strict=True)) if len({*pair}) > 1
    ]
    if differ or not sum(ours):
        raise SumsDifferError(f"{len(differ)} balances differ between the two ledgers.")


def _take(
    books: Books, other: Hordak, places: Sequence[int], tell: Callable[[str], None]
) -> dict[str, float]:
    taken: dict[str, list[float]] = {side: [] for side in SIDES}
    for number in range(ROUNDS):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            seconds = (
                seconds_of(lambda: books.credit(places))
                if side == "ours"
                else other.transfer(places)
            )
            taken[side].append(seconds)
        tell(f"  ours {taken['ours'][-1]:.2f} s, hordak {taken['hordak'][-1]:.2f} s")
    return {side: statistics.median(seconds) for side, seconds in taken.items()}
