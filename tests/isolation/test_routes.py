"""Every URL, for every person, for own, sibling and foreign tenants: the right answer, no stranger's word, no write."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import StringConverter

from tests.cast import build_cast
from tests.database import undone
from tests.isolation.routes import API_ROUTES, ROUTES, Route
from tests.isolation.world import (
    HOSTS,
    SEES,
    TENANTS,
    World,
    build_world,
    canaries,
    fingerprint,
    leaks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponseBase

Rows = tuple[dict[str, str], dict[str, str]]
PROVIDER_ROLES = {
    "paula": "owner",
    "bill": "billing",
    "sue": "support",
    "rita": "read_only",
    "oskar": "owner",
}
TENANT_ROLES = {"alice": "admin", "bob": "user", "charlie": "admin", "dora": "admin"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """One world for the whole walk: every request is undone, so that it stays as it was built."""
    with django_db_blocker.unblock(), undone(), quiet():  # type: ignore[attr-defined]  # pytest-django's
        found = build_world(build_cast())
        # Once, as the walk needs thousands of browsers; what a request does to a session is undone with it.
        for person in SEES:
            if person != "nobody":
                found.sessions[person] = log_in(found, person)
        yield found


@pytest.fixture(scope="module")
def rows(world: World, django_db_blocker: pytest.FixtureRequest) -> Rows:
    """Return what the world's rows are before any request: each is undone, so that they are the same for all."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's
        return rows_of(world)


@contextmanager
def quiet() -> Iterator[None]:
    """Let nobody write down that a page was refused, which most are here, each with its trace; faults are."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def rows_of(world: World) -> Rows:
    """Return digests of both providers' rows."""
    return fingerprint(world.cast.sonora), fingerprint(world.cast.nimbus)


def log_in(world: World, person: str) -> str:
    """Return the key of a new session of a person."""
    client = Client(HTTP_HOST=HOSTS[person])
    user = world.cast.user(person)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def names(patterns: list[Any], space: str = "") -> Iterator[str]:
    """Return the name of every route below some patterns."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace == "hijack" else space
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def client_of(world: World, person: str) -> Client:
    """Return a browser in which a person is logged in, on the host of the person's provider."""
    client = Client(HTTP_HOST=HOSTS[person])
    client.handler = world.handler
    if person != "nobody":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[person]
    return client


def ask(client: Client, route: Route, world: World, tenant: str, **data: str) -> HttpResponseBase:
    """Send a request and undo what it did."""
    url = reverse(route.name, kwargs=route.kwargs(world, tenant))
    with undone():
        answer: HttpResponseBase = getattr(client, route.method)(url, {**route.data, **data})
        answer.body = body_of(answer)  # type: ignore[attr-defined]  # read once, while the rows are there
    return answer


def body_of(answer: HttpResponseBase) -> str:
    """Return a body, also a streamed one."""
    chunks: Any = getattr(answer, "streaming_content", None) or [getattr(answer, "content", b"")]
    return b"".join(chunks).decode(errors="replace")


def expected(route: Route, person: str, tenant: str) -> set[int]:
    """Return the lawful answers for a person who names a tenant."""
    if person == "nobody":
        return {302}
    if person == "mallory":
        return {404}
    if route.kind == "person":
        return {404} if route.is_missing else {200, 302}
    roles = PROVIDER_ROLES if route.kind == "provider" else TENANT_ROLES
    if roles.get(person) not in route.roles:
        return {403}
    if route.is_owned and tenant not in SEES[person]:
        return {404}
    lawful = {200, 302, 404} if route.name.endswith("-withdraw") else {200, 302}
    if route.is_missing:
        lawful = {404}
    return {422} if route.is_refused else lawful


class TestWalk:
    def test_every_route_is_listed(self) -> None:
        found = set(names(get_resolver().url_patterns))

        assert found == {route.name for route in ROUTES} | API_ROUTES, (
            "add it to tests/isolation/routes"
        )

    def test_every_page_of_people_says_who_may(self) -> None:
        listed = {route.name: route for route in ROUTES}
        for pattern in flat(get_resolver().url_patterns):
            route = listed.get(str(pattern.name))
            access = getattr(pattern.callback, "access", None)
            if route is None or route.kind in {"login", "public"}:
                continue
            assert access is not None, route.name
            assert (access.kind, access.roles) == (route.kind, route.roles), route.name

    @pytest.mark.parametrize(
        "route", [r for r in ROUTES if r.kind not in {"login", "public"}], ids=lambda r: r.name
    )
    def test_each_person_gets_what_is_theirs(self, route: Route, world: World) -> None:
        for person in SEES:
            client = client_of(world, person)
            for tenant in TENANTS if route.is_owned else ("acme",):
                data = {}
                if route.foreign_user_in:
                    data = {route.foreign_user_in: str(world.cast.users["mallory"])}
                answer = ask(client, route, world, tenant, **data)
                lawful = expected(route, person, tenant)
                if route.foreign_user_in and lawful == {200, 302}:
                    lawful = {404}
                assert answer.status_code in lawful, (person, tenant, answer.status_code)
                assert leaks(answer.body, person, world) == [], (person, tenant)  # type: ignore[attr-defined]  # set in ask

    def test_the_words_to_look_for_show_to_their_own_people(self, world: World) -> None:
        listed = {route.name: route for route in ROUTES}
        for person, name, tenant in (
            ("paula", "provider-client", "acme"),
            ("rita", "provider-client-ledger-csv", "globex"),
            ("oskar", "provider-client", "aria"),
            ("alice", "billing", "acme"),
            ("dora", "billing-ledger-csv", "aria"),
        ):
            body = ask(client_of(world, person), listed[name], world, tenant).body  # type: ignore[attr-defined]  # set in ask
            assert any(word in body for word in canaries(tenant)[1:]), (person, name)
        body = ask(client_of(world, "sue"), listed["provider-clients"], world, "acme").body  # type: ignore[attr-defined]  # set in ask
        assert all(canaries(tenant)[0] in body for tenant in ("acme", "globex"))

    @pytest.mark.parametrize(
        "route", [r for r in ROUTES if r.kind in {"login", "public"}], ids=lambda r: r.name
    )
    def test_pages_of_logins_show_nobodys_rows(self, route: Route, world: World) -> None:
        for person in ("nobody", "alice", "paula", "oskar"):
            answer = ask(client_of(world, person), route, world, "acme")
            assert answer.status_code < 500, person
            assert leaks(answer.body, person, world) == [], person  # type: ignore[attr-defined]  # set in ask

    @pytest.mark.parametrize(
        "route", [r for r in ROUTES if r.kind in {"provider", "tenant"}], ids=lambda r: r.name
    )
    def test_on_another_providers_host_there_is_nothing(self, route: Route, world: World) -> None:
        for person in ("paula", "alice"):
            client = client_of(world, person)
            client.defaults["HTTP_HOST"] = "sonora.localhost"
            answer = ask(client, route, world, "acme")
            assert answer.status_code == 404, person

    @pytest.mark.parametrize(
        "route", [r for r in ROUTES if r.is_owned or r.foreign_user_in], ids=lambda r: r.name
    )
    def test_a_strangers_request_writes_nothing(
        self, route: Route, world: World, rows: Rows
    ) -> None:
        victim = "oskar" if route.kind == "provider" else "charlie"
        data = {**route.data}
        if route.foreign_user_in:
            data[route.foreign_user_in] = str(world.cast.users[victim])

        with transaction.atomic():
            for attacker, tenant, refusal in strangers(route):
                url = reverse(route.name, kwargs=route.kwargs(world, tenant))
                answer = getattr(client_of(world, attacker), route.method)(url, data)
                assert answer.status_code == refusal, (attacker, tenant)
            after = rows_of(world)
            transaction.set_rollback(True)

        assert after == rows

    @pytest.mark.parametrize(
        "route", [r for r in ROUTES if r.kind in {"provider", "tenant"}], ids=lambda r: r.name
    )
    def test_another_method_is_refused(self, route: Route, world: World) -> None:
        client = client_of(world, "paula" if route.kind == "provider" else "alice")
        url = reverse(route.name, kwargs=route.kwargs(world, "acme"))

        assert client.delete(url).status_code == 405
        if route.method == "post" and route.name != "provider-setting":
            assert client.get(url).status_code == 405


def strangers(route: Route) -> Iterator[tuple[str, str, int]]:
    """Return who asks for whose rows in vain: another provider's, a sibling's, and own ones without the role."""
    if route.kind == "provider":
        yield "paula", "aria", 404
        roles = PROVIDER_ROLES
    else:
        yield "alice", "aria", 404
        yield "alice", "globex", 404
        roles = TENANT_ROLES
    for person in ("rita", "sue", "bob"):
        if person in roles and roles[person] not in route.roles:
            yield person, "acme", 403


def texts(patterns: list[Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Return the name of every route with each keyword of its address that takes any text."""
    for pattern in patterns:
        found = pattern.pattern.converters.items()
        here = above + tuple(name for name, kind in found if type(kind) is StringConverter)
        if isinstance(pattern, URLResolver):
            yield from texts(pattern.url_patterns, here)
        else:
            yield from ((str(pattern.name), name) for name in here)


class TestNul:
    @pytest.mark.parametrize(("name", "word"), sorted(texts(get_resolver().url_patterns)))
    def test_in_an_address_names_nothing(self, name: str, word: str, world: World) -> None:
        route = {route.name: route for route in ROUTES}.get(name)
        if route is None:
            assert name in API_ROUTES
            return
        url = reverse(name, kwargs={**route.kwargs(world, "acme"), word: "\x00"})
        person = {"provider": "paula", "tenant": "alice"}.get(route.kind, "nobody")

        with transaction.atomic():
            answer = getattr(client_of(world, person), route.method)(url, route.data)
            transaction.set_rollback(True)

        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("person", "name", "data"),
        [
            ("paula", "provider-members-withdraw", {"email": "a\x00b"}),
            ("alice", "tenant-members-withdraw", {"email": "a\x00b"}),
            ("paula", "provider-client-members-withdraw", {"email": "\x00"}),
            ("alice", "company-tax-number-remove", {"number": "\x00"}),
            ("paula", "provider-client-tax-exemption-decide", {"exemption": "\x00"}),
            ("paula", "provider-tax-rate-end", {"row": "\x00"}),
        ],
    )
    def test_in_a_field_is_the_sender_s_fault(
        self, person: str, name: str, data: dict[str, str], world: World
    ) -> None:
        route = {route.name: route for route in ROUTES}[name]

        answer = ask(client_of(world, person), route, world, "acme", **data)

        assert answer.status_code == 400
        assert "Nothing was changed" in answer.body  # type: ignore[attr-defined]  # set in ask


def flat(patterns: list[Any]) -> Iterator[URLPattern]:
    """Return every route's pattern."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns)
        else:
            yield pattern
