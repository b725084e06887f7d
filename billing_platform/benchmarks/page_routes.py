"""Every page of the portals, from the URL resolver, with the addresses and people it is asked by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.page_questions import ASKED, MARKS
from billing_platform.portal.brand import make_brand
from tenants.registry import CHARGING_COST_DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from billing_platform.benchmarks.page_data import Scenery

PARTS: Final = ("billing_platform.portal.urls", "tenants.urls")
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
        "line_id",
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
        "notice_id",
        "sample",
        "kind",
        "language",
        *("payment", "document", "syntax", "method", "setup", "recharge", "currency"),
        *("wanted", "dispute", "connection", "gateway", "line", "statement", "iban", "campaign"),
    ]
)
# Files that a page asks for: the logo of who has one of its own, and the colours of a preview, named by their digest.
FILES: Final = (
    *("brand-logo", "brand-preview-css"),
    *("provider-client-tax-file", "company-tax-file"),
    *("billing-document-pdf", "provider-document-pdf"),
    *("billing-document-xml", "provider-document-xml"),
    *("billing-documents-zip", "provider-documents-zip"),
    *("provider-export-file", "export-file"),
)
# Pages of other packages: how fast they are is theirs to say.
FOREIGN: Final = ("provider-panel", "billing-panel")
# Steps of a visit to a gateway: they ask it, and how fast it answers is not ours to say.
AT_A_GATEWAY: Final = (
    *(f"billing-payment-{step}" for step in ("continue", "return")),
    *(f"billing-method-{step}" for step in ("continue", "return")),
    *(f"recharge-link-{step}" for step in ("continue", "return")),
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
        elif pattern.name not in {*FILES, *FOREIGN, *AT_A_GATEWAY}:
            yield pattern


def _target(
    pattern: URLPattern, kind: str, asked: str, scenery: Scenery, place: int
) -> tuple[str, int | None, str]:
    name, customer = str(pattern.name), scenery.customers[place]
    known = _arguments(scenery, place)
    if name.startswith("recharge-link"):
        known["token"] = scenery.words[place]["recharge_token"]
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


def _arguments(scenery: Scenery, place: int) -> dict[str, object]:
    # The addresses of a brand's files are made with it.
    brand = make_brand(name="Bench", color="#1d4ed8", support_url="")
    color, digest = brand.css_url.rpartition("/")[2].removesuffix(".css").split("-")
    return {
        "public_id": scenery.customers[place].public_id,
        **scenery.numbers,
        **scenery.words[place],
        # Only removed or opened by what is sent, never looked at.
        "host_id": 1,
        "notice_id": 1,
        "name": CHARGING_COST_DECIMALS.name,
        "token": scenery.invitation,
        "color": color,
        "digest": digest,
        "initial": "B",
        "sample": "focus",
        "kind": "invoice",
        "language": "en",
    }
