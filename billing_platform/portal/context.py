"""The frame around every page: brand, colours, navigation, person. The context processor of all templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, gettext, gettext_noop

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.brand import platform_brand, provider_brand
from billing_platform.portal.navigation import LOGIN_NAV, PROVIDER_HOME, PROVIDER_NAV, TENANT_NAV
from billing_platform.portal.pages.payment_trouble import payment_trouble
from billing_platform.portal.pages.play_money import ways_in_test_mode
from billing_platform.portal.pages.topup_place import topup_place
from billing_platform.portal.panel_registry import panels_of
from billing_platform.portal.panels import Portal
from billing_platform.portal.views.theme import theme_of
from tenants.enums import TenantRole
from tenants.scopes import scope_of
from tenants.selectors.notices import count_new
from tenants.session_end import seconds_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from billing_platform.portal.brand import Brand
    from billing_platform.portal.pages.payment_trouble import PaymentTrouble
    from billing_platform.portal.pages.topup_place import TopupPlace
    from tenants.types import Membership, ProviderView, TenantView


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a navigation; `count` rows wait for somebody there."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Nav:
    """The navigation of a page.

    Attributes:
        side: whether it stands at the side (a provider's people) or on top (customers).
        place: the organisation that is looked at.
        notices: the own notifications, with how many are new; None without a membership in use.
    """

    side: bool
    items: Sequence[NavItem]
    foot: Sequence[NavItem]
    home: str
    place: str
    notices: NavItem | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """Light, dark or auto; `rendered` is what the page begins with, where auto waits for the device."""

    choice: str
    rendered: str
    url: str
    next: str


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that pages are offered in, in its own name."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Language:
    """The languages of the pages, and where to choose one."""

    choices: Sequence[LanguageChoice]
    url: str
    next: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Hijack:
    """Whose eyes somebody of the provider looks through, and where to leave."""

    person: str
    url: str
    token: str


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """In how many seconds the login ends by itself, where to let it go on, and a mark of whose login it is."""

    seconds: int
    url: str
    token: str
    person: str


class Shell:
    """What the layouts draw, worked out when a template asks for it, from what the request holds and what waits."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def brand(self) -> Brand:
        """Return the look: of the provider that the request belongs to, else the platform's."""
        provider: ProviderView | None = getattr(self._request, "provider", None)
        return platform_brand() if provider is None else provider_brand(provider)

    @cached_property
    def theme(self) -> Theme:
        """Return the colours."""
        choice = theme_of(self._request)
        return Theme(
            choice=choice,
            rendered="dark" if choice == "dark" else "light",
            url=reverse("set-theme"),
            next=self._here(),
        )

    @cached_property
    def language(self) -> Language:
        """Return the languages."""
        current = get_language()
        return Language(
            choices=[LanguageChoice(k, name, k == current) for k, name in settings.LANGUAGES],
            url=reverse("set-language"),
            next=self._here(),
        )

    @cached_property
    def person(self) -> Person | None:
        """Return who is logged in."""
        user: Any = getattr(self._request, "user", None)
        return Person(user.email, user.name) if user is not None and user.is_authenticated else None

    @cached_property
    def nav(self) -> Nav:
        """Return the navigation of the membership in use."""
        membership: Membership | None = getattr(self._request, "membership", None)
        is_provider = membership is not None and membership.tenant_id is None
        return Nav(
            side=is_provider,
            items=self._items(membership),
            foot=self._foot(),
            notices=self._notices(membership) if membership else None,
            home=reverse("home"),
            place=(membership.tenant_name or "") if membership else "",
        )

    @cached_property
    def login_nav(self) -> list[NavItem]:
        """Return the pages where people look after their own login."""
        return [self._item(entry.label, entry.route, entry.icon) for entry in LOGIN_NAV]

    @cached_property
    def jump_url(self) -> str:
        """Return where the jump dialog asks; empty for whoever has no membership in use."""
        return reverse("jump") if getattr(self._request, "membership", None) else ""

    @cached_property
    def guide_url(self) -> str:
        """Return where the demo says what to look at; empty outside of the demo."""
        return reverse("demo-guide") if settings.DEMO else ""

    @cached_property
    def topup(self) -> TopupPlace | None:
        """Return where the tenant in use tops up; None where it cannot, and for whoever does not look after billing."""
        tenant = self._administered()
        return topup_place(tenant) if tenant else None

    @cached_property
    def payment_trouble(self) -> PaymentTrouble | None:
        """Return which payment did not work, for whoever looks after billing."""
        tenant = self._administered()
        return payment_trouble(tenant, now=now()) if tenant else None

    @cached_property
    def test_ways(self) -> list[str]:
        """Return the ways to pay by which no real money moves, on pages that have to do with them."""
        provider: ProviderView | None = getattr(self._request, "provider", None)
        match = self._request.resolver_match
        if provider is None or match is None:
            return []
        return ways_in_test_mode(provider.id, match.url_name or "")

    @cached_property
    def hijack(self) -> Hijack | None:
        """Return whose eyes are used, when somebody of the provider looks through them."""
        user: Any = getattr(self._request, "user", None)
        if user is None or not getattr(user, "is_hijacked", False):
            return None
        return Hijack(user.name or user.email, reverse("hijack:release"), get_token(self._request))

    @cached_property
    def session_end(self) -> SessionEnd | None:
        """Return when the login ends by itself."""
        left = seconds_left(self._request)
        if left is None:
            return None
        person = salted_hmac("portal.person", str(self._request.user.pk)).hexdigest()[:16]
        return SessionEnd(left, reverse("session-stay"), get_token(self._request), person)

    def _administered(self) -> TenantView | None:
        tenant: TenantView | None = getattr(self._request, "tenant", None)
        membership: Membership | None = getattr(self._request, "membership", None)
        is_admin = membership is not None and membership.role == TenantRole.ADMIN
        return tenant if is_admin else None

    def _here(self) -> str:
        return self._request.get_full_path() if self._request.method == "GET" else "/"

    def _items(self, membership: Membership | None) -> list[NavItem]:
        if membership is None:
            return []
        is_provider = membership.tenant_id is None
        counts = self._counts(membership.role) if is_provider else {}
        return [
            *(
                replace(
                    self._item(entry.label, entry.route, entry.icon),
                    count=counts.get(entry.route, 0),
                )
                for entry in (PROVIDER_NAV if is_provider else TENANT_NAV)
                if membership.role in entry.roles
            ),
            *self._panels(Portal.PROVIDER if is_provider else Portal.CUSTOMER, membership.role),
        ]

    def _counts(self, role: str) -> dict[str, int]:
        counted = [entry for entry in PROVIDER_NAV if entry.count and role in entry.roles]
        provider: ProviderView | None = getattr(self._request, "provider", None)
        if provider is None or not counted:
            return {}
        # Some pages are drawn after their own scope has ended.
        with provider_scope(provider.id):
            return {entry.route: entry.count(provider.id) for entry in counted if entry.count}

    def _panels(self, portal: Portal, role: str) -> list[NavItem]:
        route = "provider-panel" if portal is Portal.PROVIDER else "billing-panel"
        path = self._request.path
        return [
            NavItem(panel.label, url, panel.icon, is_current=path == url)
            for panel in panels_of(portal, role)
            for url in [reverse(route, args=[panel.code])]
        ]

    def _foot(self) -> list[NavItem]:
        if self.person is None:
            return [self._item(gettext_noop("Log in"), "account_login", "login-2")]
        items = [self._item(gettext_noop("Security"), "mfa_index", "shield-lock")]
        if len(getattr(self._request, "memberships", ())) > 1:
            items.append(self._item(gettext_noop("Switch"), "choose-membership", "building"))
        return [*items, self._item(gettext_noop("Log out"), "account_logout", "logout")]

    def _notices(self, membership: Membership) -> NavItem:
        # Some pages are drawn after their own scope has ended.
        with scope_of(membership):
            place = membership.provider_id, membership.tenant_id or 0
            count = count_new(*place, self._request.user.pk or 0)
        label = gettext_noop("Notifications")
        return replace(self._item(label, "notifications", "bell"), count=count)

    def _item(self, label: str, route: str, icon: str) -> NavItem:
        url, path = reverse(route), self._request.path
        # The address of the first page begins those of all others.
        is_current = path == url if route == PROVIDER_HOME else path.startswith(url)
        return NavItem(gettext(label), url, icon, is_current=is_current)


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Return the frame for a template's context; asks the database only when its navigation is drawn."""
    return {"shell": Shell(request)}
