"""A provider's life for the benchmark of pages: tenants, entries, seals, usage and people, made by set-based SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.services.sealing import seal_due_days
from billing_platform.benchmarks import page_sql
from billing_platform.benchmarks.application import build
from billing_platform.benchmarks.catalogue import CURRENCY
from billing_platform.benchmarks.page_imports import make_phones, note_upload
from billing_platform.benchmarks.page_money import Stage, build_money
from billing_platform.benchmarks.scratch import settle
from billing_platform.kernel.periods import billing_period, hour_floor, previous_period
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.models import ProviderMember, Tenant
from tenants.services.api_keys import create_api_key
from tenants.services.invitations import invite_member
from tenants.services.members import add_member
from tenants.services.users import ensure_user
from usage.services.event_sources import ensure_sources
from usage.services.plan_move_orders import order_move
from usage.services.plans import draft_version
from usage.services.prices import PriceDraft, add_price

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from psycopg2 import extensions

DAYS: Final = 33
# Of a hundred rounds, in each of which every tenant has one entry, so many are top-ups.
TOP_UP_EVERY: Final = 10
# One tenant has as many entries of its own as a hundredth of all, 20,000 at most.
HOT_MAX: Final = 20_000
# It has a document to so many of them, and two payments.
MONEY_OF_HOT: Final = 4
_SOLD: Final = """
SELECT p.id, min(m.id) FROM usage_plan p JOIN usage_meter m USING (provider_id) WHERE p.provider_id = %s GROUP BY p.id
"""
_ON_SALE: Final = """
SELECT v.id, min(x.id) FROM usage_plan_version v JOIN usage_price x ON x.plan_version_id = v.id AND x.tenant_id = 0
 WHERE v.provider_id = %s AND v.state = 'active' GROUP BY v.id
"""
_UNCOUNTED: Final = """
SELECT (SELECT max(id) FROM usage_parked_event WHERE provider_id = %(p)s),
       (SELECT max(id) FROM usage_refused_event WHERE provider_id = %(p)s AND verdict = 'conflict')
"""


@dataclass(frozen=True, slots=True)
class Customer:
    """A tenant whose pages are asked for, and its administrator."""

    tenant_id: int
    public_id: str
    name: str
    user_id: int


@dataclass(frozen=True, slots=True)
class Scenery:
    """What there is to be seen.

    Attributes:
        owner_id: the user who owns the provider.
        customers: one with as many rows as everybody has, and one with very many.
        hour: a full hour in which both have usage and events.
        closed: when everybody's closed period began.
        numbers: by the words of addresses, what has a number in them.
        words: by customer, the words of addresses of pages about money.
        invitation: an open invitation's token.
    """

    provider_id: int
    owner_id: int
    customers: tuple[Customer, ...]
    hour: datetime
    closed: datetime
    numbers: Mapping[str, int]
    words: Sequence[Mapping[str, str]]
    invitation: str


def build_scenery(
    owner: extensions.cursor,
    *,
    tenants: int,
    entries: int,
    now: datetime,
    tell: Callable[[str], None],
) -> Scenery:
    """Fill the application's tables for its pages.

    Args:
        owner: a cursor of the owner.
        tenants: how many, 10 or more.
        entries: about how many ledger entries, spread over the last 33 days.
        now: the present moment.
        tell: takes the lines of progress.
    """
    current = billing_period(now, "UTC", 1)
    provider_id = build(owner, tenants=tenants, starts_at=current.starts, names=page_sql.NAMES)
    params: dict[str, Any] = {
        "p": provider_id,
        "now": now,
        "hour": hour_floor(now),
        "starts": current.starts,
        "before": previous_period(current, "UTC", 1).starts,
    }
    tell("Usage, events, closed periods and people …")
    customers = _people(owner, provider_id, now)
    params["customers"] = [customer.tenant_id for customer in customers]
    params["hot"] = customers[-1].tenant_id
    with provider_scope(provider_id):
        sources = ensure_sources(provider_id=provider_id, codes=["bench"], now=now)
        key = create_api_key(provider_id=provider_id, now=now)
        invitation = invite_member(
            provider_id=provider_id,
            tenant_id=0,
            email="new@bench.example",
            role="support",
            invited_by=customers[0].user_id,
            now=now,
        )
    params["source"] = sources["bench"].id
    for statement in page_sql.LIFE:
        owner.execute(statement, params)
    tell(f"{entries:,} entries …")
    _enter(owner, params, tenants, entries, tell)
    tell("Payments, documents, bank lines and codes …")
    stage = Stage(owner, provider_id, tenants, params["customers"], now)
    words = build_money(stage, min(HOT_MAX, entries // 100) // MONEY_OF_HOT)
    owner.execute("VACUUM ANALYZE")
    settle(owner)
    owner_id = _owner(provider_id, now)
    return Scenery(
        provider_id,
        owner_id,
        tuple(customers),
        params["hour"] - timedelta(hours=1),
        params["before"],
        {
            "key_id": key.id,
            **_draft(provider_id, now),
            **_uncounted(provider_id),
            "upload_id": note_upload(provider_id, now),
            **make_phones(provider_id, now),
        },
        words,
        invitation.token,
    )


def _enter(
    owner: extensions.cursor,
    params: dict[str, Any],
    tenants: int,
    entries: int,
    tell: Callable[[str], None],
) -> None:
    owner.execute(page_sql.ACCOUNTS, params)
    hot = min(HOT_MAX, entries // 100)
    left = hot
    rounds = max(TOP_UP_EVERY, (entries - 2 * hot) // tenants)
    days = set()
    for number in range(rounds):
        at = params["now"] - timedelta(days=DAYS) * (1 - number / rounds)
        if at.date() not in days:
            days.add(at.date())
            left = _enter_hot(owner, params, hot, left, at)
            # Written in one go, before autovacuum looks: sealing is planned by figures of the day before.
            owner.execute("ANALYZE accounts_entry, accounts_posting, accounts_proof")
            _seal(params["p"], at)
            tell(f"  {at:%Y-%m-%d}")
        is_top_up = number % TOP_UP_EVERY == TOP_UP_EVERY - 1
        owner.execute(
            page_sql.ROUND,
            {
                **params,
                "at": at,
                "upto": hour_floor(at),
                "number": number,
                "kind": "top_up" if is_top_up else "usage",
                "account": "bank" if is_top_up else "revenue_usage",
                "amount": 300 if is_top_up else -25,
            },
        )
    _enter_hot(owner, params, hot, left, params["now"])
    _seal(params["p"], params["now"])


def _enter_hot(
    owner: extensions.cursor, params: dict[str, Any], hot: int, left: int, until: datetime
) -> int:
    """Enter the top-ups of the busiest tenant up to a moment, in the order of a ledger; return how many are left."""
    rest = int((params["now"] - until) / timedelta(days=DAYS) * hot)
    asked = {**params, "entries": hot, "days": DAYS, "first": left, "last": rest + 1}
    owner.execute(page_sql.HOT, asked)
    return rest


def _draft(provider_id: int, now: datetime) -> dict[str, int]:
    """Draft a version of the plan with a fee, which its pages are about."""
    draft = PriceDraft(
        code="fee", name="Fee", kind="setup", currency=CURRENCY, figures={"unit": "1"}
    )
    with provider_scope(provider_id):
        ((plan_id, meter_id),) = fetch_all(_SOLD, [provider_id])
        version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=now)
        price_id = add_price(provider_id=provider_id, version_id=version_id, draft=draft, now=now)
        ((sold_id, line_id),) = fetch_all(_ON_SALE, [provider_id])
        move_id = order_move(
            provider_id=provider_id,
            version_id=sold_id,
            starts="period",
            key="bench",
            asked_by=0,
            now=now,
        )
    return {
        "move_id": move_id,
        "line_id": line_id,
        "plan_id": plan_id,
        "version_id": version_id,
        "price_id": price_id,
        "meter_id": meter_id,
    }


def _uncounted(provider_id: int) -> dict[str, int]:
    """Return the last parked event and the last one that conflicts."""
    with provider_scope(provider_id):
        ((parked_id, refused_id),) = fetch_all(_UNCOUNTED, {"p": provider_id})
    return {"parked_id": parked_id, "refused_id": refused_id}


def _seal(provider_id: int, at: datetime) -> None:
    with provider_scope(provider_id):
        seal_due_days(provider_id=provider_id, now=at)


def _people(owner: extensions.cursor, provider_id: int, now: datetime) -> list[Customer]:
    """Let a tenant in the middle and the newest one have administrators, and one in ten a member."""
    owner.execute(page_sql.MEMBERS, {"p": provider_id, "now": now})
    found = []
    with provider_scope(provider_id):
        ids = list(Tenant.objects.order_by("pk").values_list("pk", flat=True))
        for tenant_id in (ids[len(ids) // 2], ids[-1]):
            tenant = Tenant.objects.get(pk=tenant_id)
            email = f"admin-{tenant_id}@bench.example"
            user_id = ensure_user(email=email, name="Admin", password=None)
            add_member(
                provider_id=provider_id,
                tenant_id=tenant_id,
                user_id=user_id,
                role="admin",
                now=now,
            )
            found.append(Customer(tenant_id, tenant.public_id, tenant.name, user_id))
    return found


def _owner(provider_id: int, now: datetime) -> int:
    user_id = ensure_user(email="owner@bench.example", name="Owner", password=None)
    with provider_scope(provider_id):
        ProviderMember.objects.create(
            provider_id=provider_id, user_id=user_id, role="owner", created_at=now
        )
    return user_id
