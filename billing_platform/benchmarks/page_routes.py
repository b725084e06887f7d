"""Every page of the portals, from the URL resolver, with the addresses and people it is asked by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.portal.brand import make_brand
from tenants.registry import CHARGING_COST_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from billing_platform.benchmarks.page_data import Customer, Scenery

PARTS: Final = ("billing_platform.portal.urls", "tenants.urls")
# The same page asked in several ways, where what is asked for decides what is read; the first stands for the page
# itself. `{line}` and the like are filled from the data.
ASKED: Final[dict[str, tuple[str, ...]]] = {
    "provider-clients": (
        "",
        "?q=globex",
        "?q=n",
        "?q=gmbh+blue",
        "?q=bench+person+northern+1",
        "?q=person-10%40bench.example",
        *("?below=0", "?below=-15", "?below=100000", "?below=-10000"),
        "?status=suspended",
        "?reason=by_hand",
        "?plan=bench",
        "?billing=PREPAID",
        "?order=name",
        "?after={middle}",
        "?order=name&after={middle}",
        "?order=name_down&after={middle}",
        *("?order=balance", "?order=balance_down&after={middle}"),
        *("?order=balance&status=active", "?order=balance&q=bench+person"),
        "?size=100",
        "?q=bench&status=suspended&below=10000",
    ),
    "provider-dashboard": ("", "?days=90"),
    "provider-revenue-csv": ("?days=90",),
    "provider-usage": (
        "",
        "?days=90",
        "?meter=calls&days=90",
        "?meter=calls&group=hour",
        "?meter=calls&group=client&days=30",
        "?meter=calls&group=client&hour={hour}",
        "?meter=calls&group=client&after={middle}",
        "?meter=calls&client=bench-1",
        "?meter=calls&group=hour&client={client}",
    ),
    "provider-usage-csv": ("", "?meter=calls&days=90"),
    "provider-events": (
        "",
        "?reason=unknown_tenant&client=nobody-7",
        "?tab=rejected",
        "?tab=rejected&reason=negative&client=nobody-7",
        "?tab=conflicts",
    ),
    "billing": ("", "?hours=168"),
    "billing-costs": ("", "?show=sum"),
    "billing-line": ("?line=calls&currency=USD", "?line=calls&currency=USD&period={period}"),
    "billing-line-csv": ("?line=calls&currency=USD", "?line=calls&currency=USD&period={period}"),
    "billing-periods": ("", "?period={period}"),
    "billing-events": ("?line=calls&currency=USD&hour={hour}",),
    "provider-client-own-price": ("?line=calls&currency=USD",),
    "billing-transactions": ("", "?type=top_up", "?direction=out", "?order=oldest", "?size=100"),
    "jump": ("", "?q=INV-2026-00001", "?q=pi_nobody_has"),
    "provider-calls": ("", "?number=0199", "?direction=outbound", "?client={client}"),
    "billing-calls": ("", "?number=0199", "?direction=outbound"),
}
# What must stand in a page, or in it as it is asked for, if it shows its rows; {name} is the customer's.
MARKS: Final[dict[str, str]] = {
    "provider-clients": "bench-",
    "provider-clients?below=-10000": "No match",
    "provider-clients-csv": "bench-",
    "provider-client": "{name}",
    "provider-client-profile": "{name}",
    "provider-client-ledger": "{name}",
    "provider-client-members": "@bench.example",
    "provider-client-prices": "{name}",
    "provider-client-own-price": "{name}",
    "provider-client-edit": "{name}",
    "provider-client-credit": "{name}",
    "provider-dashboard": "USD",
    "provider-events": "parked-",
    "provider-events?tab=rejected": "refused-",
    "provider-events?tab=rejected&reason=negative&client=nobody-7": "refused-",
    "provider-events?tab=conflicts": "conflict-",
    "provider-events-csv": "parked-",
    "provider-event-parked": "parked-",
    "provider-event": "conflict-",
    "provider-revenue-csv": "Usage",
    "provider-usage": "calls",
    "provider-usage-csv": "calls",
    "provider-members": "owner@bench.example",
    "provider-uploads": "bench.csv",
    "provider-uploads-csv": "bench.csv",
    "provider-upload": "bench.csv",
    "provider-settings": "charging.cost_decimals",
    "tenant-members": "@bench.example",
    "billing": "api-calls",
    "billing-costs": "api-calls",
    "billing-line": "calls",
    "billing-line-csv": "USD",
    "billing-periods": "api-calls",
    "billing-events": "calls-",
    "provider-calls": "555",
    "provider-calls-csv": "555",
    "provider-phone-systems": "bench",
    "provider-phone-system": "bench-0",
    "billing-calls": "555",
    "billing-calls-csv": "555",
    "billing-transactions": "USD",
    "billing-ledger-csv": "USD",
    "dashboard": "USD",
    "accept-invitation": "new@bench.example",
}

# The words of addresses that `_arguments` fills.
ARGUMENTS: Final = frozenset(
    [
        "public_id",
        "key_id",
        "host_id",
        "plan_id",
        "version_id",
        "price_id",
        "meter_id",
        "move_id",
        "parked_id",
        "refused_id",
        "system_id",
        "folder_id",
        "name",
        "token",
        "color",
        "digest",
        "initial",
        "upload_id",
        "sample",
        "kind",
        "language",
    ]
)
# Files that a page asks for: the logo of who has one of its own, and the colours of a preview, named by their digest.
FILES: Final = (
    *("brand-logo", "brand-preview-css"),
    *("provider-client-tax-file", "company-tax-file"),
    *("billing-document-pdf", "provider-document-pdf"),
    *("billing-documents-zip", "provider-documents-zip"),
)
# Pages of other packages: how fast they are is theirs to say.
FOREIGN: Final = ("provider-panel", "billing-panel")
# A payment is made through a gateway, which the benchmark has not; its pages read one row by its key.
OF_A_PAYMENT: Final = (
    *("billing-payment", "provider-payment", "billing-document", "provider-document"),
    *("billing-document-xml", "provider-document-xml", "provider-document-mail"),
    "provider-document-register",
    *("billing-document-print", "provider-document-print"),
    *(f"billing-payment-{step}" for step in ("continue", "return", "refund", "withdraw")),
    "billing-bank-cancel",
    *("provider-statement", "provider-bank-line", "provider-bank-another"),
    *(f"provider-bank-{step}" for step in ("match", "approve", "decline", "unmatch")),
    *(f"provider-bank-{step}" for step in ("return", "aside", "again")),
    *("provider-bank-account-on", "provider-bank-account-off"),
    "provider-refund-request",
    *(f"provider-refund-request-{step}" for step in ("approve", "reject", "confirm", "decline")),
    *(f"provider-payment-{step}" for step in ("ask", "accept", "refund", "give-up", "replay")),
    *("provider-dispute", *(f"provider-dispute-{step}" for step in ("ask", "accept", "release"))),
    *("billing-recharge-pay", "billing-recharge-off"),
    *("recharge-link", "recharge-link-continue", "recharge-link-return"),
    *(f"billing-method-{step}" for step in ("continue", "return", "default", "delete")),
    "provider-campaign",
    *(
        f"provider-campaign-{step}"
        for step in ("edit", "end", "code-add", "codes-make", "code-end", "codes-csv", "uses-csv")
    ),
    *("provider-client-method-remove", "provider-gateway", "provider-gateway-new"),
    *(
        f"provider-gateway-{step}"
        for step in ("change", "credentials", "webhook", "secret", "test")
    ),
)
# Pages that are open to anybody and made for who has just logged in.
LOGGED_IN: Final = ("after-login", "choose-membership", "home", "suspended")


class UnfilledRouteError(BenchmarkError):
    """A page's address has an argument that the benchmark does not know how to fill."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One way to ask for a page.

    Attributes:
        page: the route's name, with what was asked for.
        kind: whose page it is.
        targets: an address, a person (None for nobody) and a mark per customer.
    """

    page: str
    kind: str
    targets: tuple[tuple[str, int | None, str], ...]


def require_known_arguments() -> None:
    """Refuse to build anything for minutes while an address cannot be filled.

    Raises:
        UnfilledRouteError: an argument of an address is not known.
    """
    for pattern in _patterns():
        missing = sorted(set(pattern.pattern.converters) - ARGUMENTS)
        if missing:
            raise UnfilledRouteError(f"{pattern.name}: nothing is known for {', '.join(missing)}.")


def visits(scenery: Scenery) -> list[Visit]:
    """Return every page of the portals, from the resolver.

    Args:
        scenery: what there is to be seen.
    """
    return [
        Visit(
            page=f"{pattern.name}{asked}",
            kind=access.kind,
            targets=tuple(
                _target(pattern, access.kind, asked, scenery, place)
                for place in range(len(scenery.customers))
            ),
        )
        for pattern in _patterns()
        for access in (cast("Any", pattern.callback).access,)
        for asked in ASKED.get(str(pattern.name), ("",))
    ]


def _patterns() -> Iterator[URLPattern]:
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and _module(entry) in PARTS:
            yield from _leaves(entry.url_patterns)


def _module(entry: URLResolver) -> str:
    return str(getattr(entry.urlconf_module, "__name__", ""))


def _leaves(patterns: Iterable[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        elif pattern.name not in {*FILES, *FOREIGN, *OF_A_PAYMENT}:
            yield pattern


def _target(
    pattern: URLPattern, kind: str, asked: str, scenery: Scenery, place: int
) -> tuple[str, int | None, str]:
    name, customer = str(pattern.name), scenery.customers[place]
    known = _arguments(scenery, customer)
    address = reverse(name, kwargs={word: known[word] for word in pattern.pattern.converters})
    query = asked.format(
        hour=f"{scenery.hour:%Y-%m-%dT%H}",
        client=customer.public_id,
        middle=scenery.customers[0].tenant_id,
        period=f"{scenery.closed:%Y-%m-%dT%H}",
    )
    person = {
        "provider": scenery.owner_id,
        "tenant": customer.user_id,
        "person": customer.user_id,
    }.get("person" if name in LOGGED_IN else kind)
    mark = MARKS.get(f"{name}{asked}", MARKS.get(name, ""))
    return f"{address}{query}", person, mark.format(name=customer.name)


def _arguments(scenery: Scenery, customer: Customer) -> Mapping[str, object]:
    # The addresses of a brand's files are made with it.
    brand = make_brand(name="Bench", color="#1d4ed8", support_url="")
    color, digest = brand.css_url.rpartition("/")[2].removesuffix(".css").split("-")
    return {
        "public_id": customer.public_id,
        **scenery.numbers,
        # Only removed, never looked at.
        "host_id": 1,
        "name": CHARGING_COST_DECIMALS.name,
        "token": scenery.invitation,
        "color": color,
        "digest": digest,
        "initial": "B",
        "sample": "focus",
        "kind": "invoice",
        "language": "en",
    }
