"""A small reckoner of wallets in plain Python, written from the rules' words and not from the SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class OracleGrant:
    """A grant, and what each period took from it."""

    no: int
    priority: int
    expires_at: datetime | None
    is_paid: bool
    granted: int
    remaining: int
    used: dict[str, int] = field(default_factory=dict)
    last_use: dict[str, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, bool, datetime, bool, int]:
        latest = datetime.max.replace(tzinfo=self.expires_at.tzinfo if self.expires_at else None)
        expiry = (self.expires_at or latest).replace(tzinfo=None)
        return (self.priority, self.expires_at is None, expiry, self.is_paid, self.no)


@dataclass
class OracleWallet:
    """A wallet that is charged, with its grants and its suspension rule."""

    balance: int = 0
    posted: int = 0
    reserved: int = 0
    limit: int = 0
    grace: timedelta = timedelta(0)
    is_on: bool = True
    below_since: datetime | None = None
    suspended: bool = False
    flips: int = 0
    grants: list[OracleGrant] = field(default_factory=list)
    clock: int = 0

    # Paid credit without a row stands behind equals; it is what grants do not explain.
    def _rest(self) -> int:
        return self.balance - sum(grant.remaining for grant in self.grants)

    def charge(self, due: int, now: datetime) -> None:
        delta = due - self.posted
        if delta == 0:
            return  # a charge looks at wallets whose amount changed; the others are the watch list's
        if delta > 0:
            self._draw(delta, now)
        elif delta < 0:
            self._return(-delta)
        self.balance -= delta
        self.posted = due
        self._judge(now)

    def credit(self, amount: int, now: datetime) -> None:
        self.balance += amount
        self._judge(now)

    def grant(
        self, amount: int, now: datetime, *, priority: int, expires_at: datetime | None
    ) -> None:
        debt = min(amount, max(0, -self._rest()))
        self.balance += amount
        number = len(self.grants) + 1
        self.grants.append(OracleGrant(number, priority, expires_at, False, amount, amount - debt))
        self._judge(now)

    def expire(self, now: datetime) -> None:
        for grant in self.grants:
            if grant.expires_at is not None and grant.expires_at <= now:
                self.balance -= grant.remaining
                grant.remaining = 0
        self._judge(now)

    def reserve(self, amount: int, now: datetime) -> None:
        self.reserved = amount
        self._judge(now)

    def rule(self, *, is_on: bool, limit: int, grace: timedelta, now: datetime) -> None:
        self.is_on, self.limit, self.grace = is_on, limit, grace
        self._judge(now)

    def watch(self, now: datetime) -> None:
        if self.below_since is not None and not self.suspended:
            self._judge(now)

    def _draw(self, need: int, now: datetime) -> None:
        rest = OracleGrant(10**9, 100, None, True, 0, max(0, self._rest()))
        live = [g for g in self.grants if g.expires_at is None or g.expires_at > now]
        for grant in sorted([*live, rest], key=lambda g: g.order):
            taken = min(need, grant.remaining)
            need -= taken
            if taken and grant is not rest:
                grant.remaining -= taken
                self.clock += 1
                grant.used["period"] = grant.used.get("period", 0) + taken
                grant.last_use["period"] = self.clock

    def _return(self, amount: int) -> None:
        used = [g for g in self.grants if g.used.get("period", 0) > 0]
        for grant in sorted(used, key=lambda g: -g.last_use["period"]):
            given = min(amount, grant.used["period"])
            amount -= given
            grant.remaining += given
            grant.used["period"] -= given

    def _judge(self, now: datetime) -> None:
        low = self.is_on and self.balance - self.reserved <= self.limit
        if not (low and (self.posted > 0 or self.below_since is not None)):
            low = False
        self.below_since = (self.below_since or now) if low else None
        suspended = self.below_since is not None and self.below_since + self.grace <= now
        self.flips += suspended != self.suspended
        self.suspended = suspended
