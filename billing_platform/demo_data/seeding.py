"""Fill an installation with the demo: brands, catalogues, clients, people, and days of usage charged hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.selectors.balances import wallets_of
from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.demo_data.cast import PASSWORD, PROVIDERS
from billing_platform.demo_data.catalogues import seed_catalogue
from billing_platform.demo_data.events import hour_events, mistakes
from billing_platform.kernel.money import Money
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from tenants.enums import TenantStatus
from tenants.selectors.api_keys import list_api_keys
from tenants.selectors.tenants import list_tenants
from tenants.services.api_keys import create_api_key
from tenants.services.members import add_member
from tenants.services.providers import add_host, create_provider, set_brand
from tenants.services.tenants import close_tenant, ensure_tenants
from tenants.services.users import ensure_user
from tenants.types import TenantSpec
from usage.services.charging import charge_hours
from usage.services.ingestion import ingest_cloudevents
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant

# The key that is made last tells that a provider is complete.
KEY_NAME: Final = "demo"
DAYS: Final = 60
# A client that pays tops up when less than this part of a credit is left.
LOW_PART: Final = 4
# Where growth began, in percent of today's pace.
FIRST_PERCENT: Final = 55
BATCH: Final = 1000
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Login:
    """Somebody who may log in.

    Attributes:
        role: for instance `nimbus owner` or `nimbus acme admin`.
    """

    role: str
    provider: str
    email: str


@dataclass(frozen=True, kw_only=True)
class DemoReport:
    """What the demo holds.

    Attributes:
        api_keys: by provider; only of those made just now, since a key is shown once.
    """

    logins: tuple[Login, ...]
    api_keys: Mapping[str, str]


def seed_demo(*, now: datetime, days: int = DAYS) -> DemoReport:
    """Make the demo.

    Args:
        now: the moment until which there is usage.
        days: for how many full days before this one there is usage, 1 or more.

    Returns:
        Who may log in, and the API keys that were made.

    Idempotency: a complete provider stays as it is; the usage of one that was left half made is completed.
    """
    keys = {}
    for provider in PROVIDERS:
        provider_id = create_provider(
            slug=provider.slug,
            name=provider.name,
            currency=provider.currency,
            time_zone=provider.time_zone,
            suspension_enabled=True,
            now=now,
        )
        with provider_scope(provider_id):
            is_complete = bool(list_api_keys(provider_id, name=KEY_NAME))
        if not is_complete:
            keys[provider.slug] = _fill(provider, provider_id, now, days)
    return DemoReport(logins=tuple(_logins()), api_keys=keys)


def _fill(provider: DemoProvider, provider_id: int, now: datetime, days: int) -> str:
    until = hour_floor(now)
    begin = until.replace(hour=0) - timedelta(days=days)
    with provider_scope(provider_id):
        # One transaction: either all of it stands or none.
        if not list_tenants(provider_id, limit=1).rows:
            _set_up(provider, provider_id, begin, until)
    _live(provider, provider_id, begin, until)
    with provider_scope(provider_id):
        ingest_cloudevents(provider_id=provider_id, items=mistakes(provider, until), now=until)
        return create_api_key(provider_id=provider_id, name=KEY_NAME, now=now).raw


def _set_up(provider: DemoProvider, provider_id: int, begin: datetime, until: datetime) -> None:
    _dress(provider, provider_id)
    version_id = seed_catalogue(
        provider_id=provider_id,
        catalogue=provider.catalogue,
        currency=provider.currency,
        now=begin,
    )
    specs = [_spec(row, until) for row in provider.tenants]
    ids = ensure_tenants(provider_id=provider_id, specs=specs, now=begin)
    for tenant in provider.tenants:
        tenant_id = ids[tenant.external_id]
        _pay_in(provider_id, tenant_id, tenant, provider.currency, begin)
        if tenant.is_closed:
            close_tenant(provider_id=provider_id, tenant_id=tenant_id, now=begin)
        else:
            subscribe(
                provider_id=provider_id,
                tenant_id=tenant_id,
                version_id=version_id,
                starts_at=begin,
                key="demo",
                now=begin,
            )
    _add_people(provider, provider_id, ids, begin)


def _dress(provider: DemoProvider, provider_id: int) -> None:
    set_brand(
        provider_id=provider_id,
        brand_color=provider.color,
        sender_name=provider.name,
        sender_email=f"billing@{provider.slug}.example",
        support_url=provider.support_url,
        legal_name=provider.legal_name,
    )
    add_host(provider_id=provider_id, name=provider.host)


def _spec(tenant: DemoTenant, until: datetime) -> TenantSpec:
    return TenantSpec(
        external_id=tenant.external_id,
        name=tenant.name,
        category=tenant.category,
        billing_plan=tenant.billing_plan,
        anchor_day=tenant.anchor_day,
        trial_ends_at=until + timedelta(days=tenant.trial_days) if tenant.trial_days else None,
    )


def _pay_in(
    provider_id: int, tenant_id: int, tenant: DemoTenant, currency: str, at: datetime
) -> None:
    open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=currency, now=at)
    if tenant.credit:
        add_credit(
            provider_id=provider_id,
            tenant_id=tenant_id,
            amount=Money.from_major(tenant.credit, currency),
            reason="First credit",
            key=f"demo-credit-{tenant.external_id}",
            now=at,
        )


def _add_people(
    provider: DemoProvider, provider_id: int, ids: Mapping[str, int], now: datetime
) -> None:
    places = [(0, provider.people)]
    places += [(ids[tenant.external_id], tenant.people) for tenant in provider.tenants]
    for tenant_id, people in places:
        for person in people:
            user_id = ensure_user(email=person.email, name=person.name, password=PASSWORD)
            add_member(
                provider_id=provider_id,
                tenant_id=tenant_id,
                user_id=user_id,
                role=person.role,
                now=now,
            )


def _live(provider: DemoProvider, provider_id: int, begin: datetime, until: datetime) -> None:
    """Let usage come in and be charged as it would have been; whoever is suspended uses nothing more."""
    for start, end in _stretches(begin, until):
        with provider_scope(provider_id):
            running = _running(provider, provider_id)
            events = [
                event
                for tenant in running
                for hour in _hours(start, end)
                for event in hour_events(
                    provider.catalogue, tenant, hour, percent=_percent(hour, begin, until)
                )
            ]
            for first in range(0, len(events), BATCH):
                batch = events[first : first + BATCH]
                ingest_cloudevents(provider_id=provider_id, items=batch, now=end)
        charge_hours(provider_id=provider_id, until=end, now=end)
        with provider_scope(provider_id):
            _top_up(provider, provider_id, end, until)


def _percent(hour: datetime, begin: datetime, until: datetime) -> int:
    """Return how much of today's pace was reached at an hour: growth in a straight line."""
    return FIRST_PERCENT + (100 - FIRST_PERCENT) * ((hour - begin) // HOUR) // (
        (until - begin) // HOUR
    )


def _top_up(provider: DemoProvider, provider_id: int, at: datetime, until: datetime) -> None:
    """Let every client that pays top up when its credit runs low; one that ran out comes back by it."""
    ids = {row.external_id: row.id for row in list_tenants(provider_id, limit=99).rows}
    payers = [row for row in provider.tenants if row.credit and not row.is_closed]
    wallets = {
        wallet.tenant_id: wallet
        for wallet in wallets_of(provider_id, [ids[row.external_id] for row in payers])
    }
    for tenant in payers:
        credit = Money.from_major(tenant.credit, provider.currency)
        has_stopped = until - at < timedelta(days=tenant.stops_paying_days)
        left = wallets[ids[tenant.external_id]].available
        if has_stopped or left * LOW_PART >= credit.amount_minor:
            continue
        add_credit(
            provider_id=provider_id,
            tenant_id=ids[tenant.external_id],
            amount=credit,
            reason="Top-up by bank transfer",
            key=f"demo-top-up-{tenant.external_id}-{at:%Y%m%d%H}",
            now=at,
        )


def _running(provider: DemoProvider, provider_id: int) -> list[DemoTenant]:
    rows = list_tenants(provider_id, limit=len(provider.tenants)).rows
    stopped = {TenantStatus.SUSPENDED, TenantStatus.CLOSED}
    running = {row.external_id for row in rows if row.status not in stopped}
    return [tenant for tenant in provider.tenants if tenant.external_id in running]


def _stretches(begin: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield half-open stretches: whole days at first, the last week by six hours, the last twelve hours one by one."""
    start = begin
    while start < until:
        length = 24 if until - start > timedelta(days=7) else 6
        if until - start <= timedelta(hours=12):
            length = 1
        end = min(start + timedelta(hours=length), until)
        yield start, end
        start = end


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += timedelta(hours=1)


def _logins() -> Iterator[Login]:
    for provider in PROVIDERS:
        groups: list[tuple[str, tuple[Any, ...]]] = [(provider.slug, provider.people)]
        groups += [(f"{provider.slug} {row.external_id}", row.people) for row in provider.tenants]
        for place, people in groups:
            for person in people:
                yield Login(
                    role=f"{place} {person.role}", provider=provider.slug, email=person.email
                )
