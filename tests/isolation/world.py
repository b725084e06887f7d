"""The cast with something to steal: each tenant's rows carry words that must never show to a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.test.client import ClientHandler

from accounts.services.credits import add_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.models import Tenant
from tenants.services.api_keys import create_api_key
from tenants.services.invitations import invite_member
from tenants.services.suspension import suspend_by_hand
from tests.cast import NOW, Cast
from tests.factories.documents import make_receipt
from tests.factories.payments import make_attempt, make_connection, make_refund_request
from tests.factories.promotions import campaign
from tests.isolation import catalogue
from tests.roles import as_role
from usage.enums import UploadFormat, UploadState
from usage.models import ParkedEvent, RefusedEvent, UsageUpload
from usage.services.call_folders import watch_folder
from usage.services.ingestion import ingest_cloudevents
from usage.services.meters import create_meter
from usage.services.phone_systems import add_phone_system
from usage.services.plan_move_orders import sell_version
from usage.services.plans import create_plan, draft_version
from usage.services.prices import PriceDraft, add_price

TENANTS = ("acme", "globex", "aria")
# Who works where, and which tenants' words may show to whom.
SEES = {
    "paula": ("acme", "globex"),
    "bill": ("acme", "globex"),
    "sue": ("acme", "globex"),
    "rita": ("acme", "globex"),
    "oskar": ("aria",),
    "alice": ("acme",),
    "bob": ("acme",),
    "charlie": ("globex",),
    "dora": ("aria",),
    "mallory": (),
    "nobody": (),
}
HOSTS = dict.fromkeys(SEES, "nimbus.localhost") | dict.fromkeys(
    ("oskar", "dora"), "sonora.localhost"
)
# No amount is the sum of others, which a provider's totals would show.
AMOUNTS = {"acme": 111_111_11, "globex": 222_222_22, "aria": 777_777_77}
CURRENCIES = {"acme": "USD", "globex": "USD", "aria": "EUR"}


@dataclass(frozen=True)
class World:
    """The cast, its tenants' public ids, each provider's API key, open invitation and catalogue, people's sessions.

    All browsers ask one handler, whose middleware is made once.
    """

    cast: Cast
    public_ids: dict[str, str]
    keys: dict[str, str]
    invitations: dict[str, str]
    things: dict[int, dict[str, int | str]]
    sessions: dict[str, str] = field(default_factory=dict)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def provider_of(self, tenant: str) -> int:
        """Return the provider that a tenant buys from."""
        return self.cast.sonora if tenant == "aria" else self.cast.nimbus


def build_world(cast: Cast) -> World:
    """Fill the cast's tenants, as the worker."""
    keys, invitations, public_ids = {}, {}, {}
    with as_role("worker"):
        for tenant in TENANTS:
            provider_id = cast.sonora if tenant == "aria" else cast.nimbus
            with provider_scope(provider_id):
                public_ids[tenant] = _fill(cast, tenant, provider_id)
        for slug, provider_id in (("nimbus", cast.nimbus), ("sonora", cast.sonora)):
            with provider_scope(provider_id):
                keys[slug] = create_api_key(provider_id=provider_id, now=NOW).raw
    for slug, provider_id, owner in (
        ("nimbus", cast.nimbus, "paula"),
        ("sonora", cast.sonora, "oskar"),
    ):
        with provider_scope(provider_id):
            invitations[slug] = invite_member(
                provider_id=provider_id,
                tenant_id=0,
                email=f"invited-{slug}@example.com",
                role="support",
                invited_by=cast.users[owner],
                now=NOW,
            ).token
    with as_role("worker"):
        things = {
            each: {
                **_catalogue(each, is_sonora=each == cast.sonora),
                "upload_id": _upload(each, cast.users[owner]),
            }
            for each, owner in ((cast.nimbus, "paula"), (cast.sonora, "oskar"))
        }
    return World(cast, public_ids, keys, invitations, things)


def _catalogue(provider_id: int, *, is_sonora: bool) -> dict[str, int | str]:
    """Make a plan with a draft of one fee, a meter, and refused events; names are the keywords of addresses."""
    with provider_scope(provider_id):
        plan_id = create_plan(provider_id=provider_id, code="walk", name="Walk", now=NOW)
        version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=NOW)
        fee = PriceDraft(
            code="once", name="Once", kind="setup", currency="USD", figures={"unit": "1"}
        )
        price_id = add_price(provider_id=provider_id, version_id=version_id, draft=fee, now=NOW)
        meter_id = create_meter(
            provider_id=provider_id,
            code="walk",
            name="Walk",
            event_type="walk",
            aggregation="sum",
            now=NOW,
        )
        events = _events(provider_id, is_sonora=is_sonora)
        system_id = add_phone_system(
            provider_id=provider_id, source="walk", time_zone="UTC", now=NOW
        )
        folder_id = watch_folder(
            provider_id=provider_id,
            path=Path("/walk"),
            pattern="Master.csv",
            columns="",
            source="walk",
            now=NOW,
        )
        sold = create_plan(provider_id=provider_id, code="sold", name="Sold", now=NOW)
        sold_id = draft_version(provider_id=provider_id, plan_id=sold, now=NOW)
        line_id = add_price(provider_id=provider_id, version_id=sold_id, draft=fee, now=NOW)
        move_id = sell_version(
            provider_id=provider_id,
            version_id=sold_id,
            starts="period",
            key="walk",
            asked_by=0,
            now=NOW,
        )
        campaign_id = campaign(provider_id, "WALK")
    return {
        "campaign": campaign_id,
        "system_id": system_id,
        "folder_id": folder_id,
        "move_id": move_id or 0,
        "line_id": line_id,
        "plan_id": plan_id,
        "version_id": version_id,
        "price_id": price_id,
        "meter_id": meter_id,
        **events,
    }


def _events(provider_id: int, *, is_sonora: bool) -> dict[str, int]:
    """Have an event parked and one rejected."""
    name = "Canary-Aria" if is_sonora else "Canary-Acme"
    event = {
        "specversion": "1.0",
        "id": "walk",
        "source": "walk",
        "type": "walk",
        "tenant": name,
        "subject": name,
        "time": NOW.isoformat(),
        "data": {"quantity": "1"},
    }
    items = [event, {**event, "id": "bad", "data": {"quantity": name}}]
    ingest_cloudevents(provider_id=provider_id, items=items, now=NOW)
    return {
        "parked_id": ParkedEvent.objects.get(provider_id=provider_id).pk,
        "refused_id": RefusedEvent.objects.get(provider_id=provider_id).pk,
    }


def _upload(provider_id: int, owner_id: int) -> int:
    """Note a file that was read and not kept."""
    with provider_scope(provider_id):
        upload = UsageUpload.objects.create(
            provider_id=provider_id,
            name="walk.csv",
            digest="0" * 64,
            size=1,
            format=UploadFormat.FOCUS,
            uploaded_by_id=owner_id,
            created_at=NOW,
            state=UploadState.DONE,
            finished_at=NOW,
        )
    return upload.pk


def _fill(cast: Cast, tenant: str, provider_id: int) -> str:
    tenant_id = getattr(cast, tenant)
    add_credit(
        provider_id=provider_id,
        tenant_id=tenant_id,
        amount=Money(AMOUNTS[tenant], CURRENCIES[tenant]),
        reason=f"Reason Canary-{tenant.title()}",
        key=f"canary-{tenant}",
        now=NOW,
    )
    if tenant == "globex":
        suspend_by_hand(
            provider_id=provider_id, tenant_id=tenant_id, note="Note Canary-Globex", now=NOW
        )
    public_id = Tenant.objects.get(provider_id=provider_id, pk=tenant_id).public_id
    # A payment, its connection, refund request and a document are named as the tenant: the walk knows their addresses.
    payment = make_attempt(
        make_connection(provider_id, public_id=public_id),
        tenant_id,
        public_id=public_id,
        amount_minor=AMOUNTS[tenant],
        currency=CURRENCIES[tenant],
        description=f"Credit for Canary-{tenant.title()}",
    )
    make_receipt(
        provider_id,
        tenant_id,
        public_id=public_id,
        minor=AMOUNTS[tenant],
        name=f"Receipt Canary-{tenant.title()}",
    )
    make_refund_request(payment, public_id=public_id, reason=f"Refund Canary-{tenant.title()}")
    return public_id


def canaries(tenant: str) -> tuple[str, ...]:
    """Return words that only a tenant's own people and its provider's people may read."""
    major = AMOUNTS[tenant] // 100
    return (f"Canary-{tenant.title()}", f"{major:,}", f"{major}.{AMOUNTS[tenant] % 100:02d}")


def leaks(body: str, person: str, world: World) -> list[str]:
    """Return the words in a body that a person may not read."""
    foreign = [
        word for tenant in TENANTS if tenant not in SEES[person] for word in canaries(tenant)
    ]
    if HOSTS[person] == "nimbus.localhost":
        foreign += ["Sonora", world.keys["sonora"], "oskar@example.com", "dora@example.com"]
    else:
        foreign += ["Nimbus", world.keys["nimbus"], "paula@example.com", "alice@example.com"]
    return [word for word in foreign if word in body]


def fingerprint(provider_id: int) -> dict[str, str]:
    """Return a digest of every table's rows of one provider, to see whether anything was written."""
    said = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t"
        f" WHERE {catalogue.provider_column(table)} = %(provider)s"
        for table in catalogue.own_tables()
    )
    with as_role("owner"):
        return {table: str(digest) for table, digest in fetch_all(said, {"provider": provider_id})}
