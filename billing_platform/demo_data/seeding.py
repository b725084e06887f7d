"""Fill an installation with the demo: brands, catalogues, clients, people, and days of usage charged hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.services.sealing import seal_due_days
from billing_platform.demo_data.bank import move_money
from billing_platform.demo_data.cast import PASSWORD, PROVIDERS
from billing_platform.demo_data.catalogues import seed_catalogue
from billing_platform.demo_data.deeds import happen
from billing_platform.demo_data.entrance import take_on
from billing_platform.demo_data.events import hour_events, mistakes
from billing_platform.demo_data.gateways import connect_provider
from billing_platform.demo_data.online import pay_online
from billing_platform.demo_data.phones import connect_phones
from billing_platform.demo_data.place import Place
from billing_platform.demo_data.promotions import promote
from billing_platform.demo_data.taxes import register
from billing_platform.demo_data.topups import top_up
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from invoicing.services.sellers import save_seller
from tenants.enums import TenantStatus
from tenants.selectors.api_keys import list_api_keys
from tenants.selectors.tenants import list_tenants
from tenants.services.api_keys import create_api_key
from tenants.services.hosts import admit_host
from tenants.services.members import add_member
from tenants.services.providers import create_provider, set_brand
from tenants.services.users import ensure_user
from usage.enums import VersionState
from usage.selectors.catalogue import list_plans, plan_versions
from usage.services.charging import charge_hours
from usage.services.ingestion import ingest_cloudevents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant

# The key that is made last tells that a provider is complete.
KEY_NAME: Final = "demo"
DAYS: Final = 60
# More clients than a provider of the demo has.
LIMIT: Final = 99
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
        is_new = not list_tenants(provider_id, limit=1).rows
        if is_new:
            _dress(provider, provider_id, begin)
            seed_catalogue(
                provider_id=provider_id,
                catalogue=provider.catalogue,
                currency=provider.currency,
                now=begin,
            )
        place = Place(
            provider=provider,
            provider_id=provider_id,
            versions=_versions(provider_id, until),
            begin=begin,
            until=until,
        )
        if is_new:
            take_on(place, [row for row in provider.tenants if not row.joined_hours], begin)
            _add_people(provider, provider_id, begin)
            register(provider_id=provider_id, slug=provider.slug, now=begin)
            promote(provider_id=provider_id, slug=provider.slug, now=begin)
    # Connected before the story begins, so that what is paid in it is newer than its connection.
    connect_provider(provider, now=begin)
    _live(place)
    with provider_scope(provider_id):
        seal_due_days(provider_id=provider_id, now=until)
        ingest_cloudevents(provider_id=provider_id, items=mistakes(provider, until), now=until)
        connect_phones(provider, provider_id, begin=begin, until=until)
        return create_api_key(provider_id=provider_id, name=KEY_NAME, now=now).raw


def _versions(provider_id: int, at: datetime) -> dict[str, int]:
    """Return the version on sale of each plan, by the plan's code."""
    return {
        plan.code: version.id
        for plan in list_plans(provider_id, now=at)
        for version in plan_versions(provider_id, plan.id, now=at)
        if version.state == VersionState.ACTIVE
    }


def _dress(provider: DemoProvider, provider_id: int, now: datetime) -> None:
    set_brand(
        provider_id=provider_id,
        brand_color=provider.color,
        sender_name=provider.name,
        sender_email=f"billing@{provider.slug}.example",
        support_url=provider.support_url,
        imprint_url=provider.imprint_url,
        terms_url=provider.terms_url,
        privacy_url=provider.privacy_url,
    )
    save_seller(provider_id=provider_id, identity=provider.seller)
    admit_host(provider_id=provider_id, name=provider.host, now=now)


def _add_people(provider: DemoProvider, provider_id: int, now: datetime) -> None:
    ids = {row.external_id: row.id for row in list_tenants(provider_id, limit=LIMIT).rows}
    places = [(0, provider.people)]
    places += [(ids[row.external_id], row.people) for row in provider.tenants if row.people]
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


def _live(place: Place) -> None:
    """Let usage come in and be charged as it would have been; whoever is suspended uses nothing more."""
    provider, provider_id = place.provider, place.provider_id
    for start, end in _stretches(place.begin, place.until):
        with provider_scope(provider_id):
            happen(place, start, end)
            events = [
                event
                for tenant in _running(provider, provider_id)
                for hour in _hours(start, end)
                for event in hour_events(
                    provider.catalogue, tenant, hour, percent=_percent(place, tenant, hour)
                )
            ]
            for first in range(0, len(events), BATCH):
                batch = events[first : first + BATCH]
                ingest_cloudevents(provider_id=provider_id, items=batch, now=end)
        move_money(place, start, end)
        # What was paid in the stretch stands before the hours that are charged at its end.
        pay_online(place, start, end)
        charge_hours(provider_id=provider_id, until=end, now=end)
        top_up(place, end)


def _percent(place: Place, tenant: DemoTenant, hour: datetime) -> int:
    """Return how much of today's pace was reached at an hour: growth in a straight line."""
    passed, whole = ((each - place.begin) // HOUR for each in (hour, place.until))
    return tenant.began_percent + (100 - tenant.began_percent) * passed // whole


def _running(provider: DemoProvider, provider_id: int) -> list[DemoTenant]:
    rows = list_tenants(provider_id, limit=LIMIT).rows
    stopped = {TenantStatus.SUSPENDED, TenantStatus.CLOSED}
    running = {row.external_id for row in rows if row.status not in stopped}
    return [
        tenant
        for tenant in provider.tenants
        if tenant.external_id in running and not tenant.joined_hours
    ]


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
