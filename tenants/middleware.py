"""Whose request this is: the host names the brand, the user's memberships the scope, which spans view and template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.urls import Resolver404, resolve
from pghistory.middleware import HistoryMiddleware as BaseHistoryMiddleware

from billing_platform.kernel.scope import tenant_scope
from tenants.scopes import scope_of
from tenants.selectors.hosts import PENDING_HOST, host_owner
from tenants.selectors.memberships import memberships_of, memberships_through
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    from tenants.types import Membership, ProviderView

SESSION_KEY: Final = "membership"
# These answer by a key or a token and open their scope themselves.
_OWN_SCOPE: Final = ("/api/", "/hooks/", "/ops/", "/static/", "/brand/")
# What belongs to the person alone is out of reach for somebody who looks through that person's eyes.
_PERSONAL: Final = ("account_", "mfa_", "usersessions_")
_NO_TENANT: Final = -1


class ScopeMiddleware:
    """Set `provider`, `tenant`, `membership` and `memberships` on the request, and open the scope around its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request inside its scope."""
        if request.path_info.startswith(_OWN_SCOPE):
            return self.get_response(request)
        found: Any = request
        host_provider = _host_provider(host_name(request))
        found.provider = found.tenant = None
        found.memberships = _memberships(request, host_provider)
        found.membership = _chosen(request, found.memberships)
        view = _view(request)
        if found.membership is None:
            found.provider = brand_of(host_provider)
            return self.get_response(request)
        if getattr(view, "without_transaction", False):
            with scope_of(found.membership):
                _load(found, found.membership)
            return self.get_response(request)
        with scope_of(found.membership):
            _load(found, found.membership)
            response = self.get_response(request)
            # Errors become answers before they reach this place, so the transaction is told by hand.
            if response.status_code >= 500 or getattr(request, "has_failed", False):
                transaction.set_rollback(True)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse the personal pages to somebody who looks through another's eyes."""
        match = request.resolver_match
        name = (match.url_name or "") if match else ""
        is_hijacked = getattr(request.user, "is_hijacked", False)
        if is_hijacked and name.startswith(_PERSONAL) and name != "account_logout":
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Remember that the view or its template failed."""
        request.has_failed = True  # type: ignore[attr-defined]  # read above


class HistoryMiddleware(BaseHistoryMiddleware):
    """Write who changed a row into its history: the user, and who looked through the user's eyes."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request; the API is called by machines, whose statements carry nothing more."""
        if request.path_info.startswith("/api/"):
            return cast("HttpResponseBase", self.get_response(request))
        answer = super().__call__(request)  # type: ignore[no-untyped-call]  # pghistory has no types
        return cast("HttpResponseBase", answer)

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the history keeps of a request."""
        context: dict[str, Any] = super().get_context(request)
        history = request.session.get("hijack_history", [])
        return {**context, "hijacker": int(history[0])} if history else context


def host_name(request: HttpRequest) -> str:
    """Return the request's host name without its port."""
    return request.get_host().rpartition("@")[2].rsplit(":", 1)[0].rstrip(".")


def brand_of(provider_id: int | None) -> ProviderView | None:
    """Return the provider that a host shows, for pages that nobody has logged in to."""
    if provider_id is None:
        return None
    # Nobody has this number: the scope shows what a provider shares with all its tenants, and no more.
    with tenant_scope(provider_id, _NO_TENANT):
        return provider_view(provider_id)


def _host_provider(host: str) -> int | None:
    """Return the provider whose brand a host shows, or None.

    Raises:
        Http404: the name waits for its proof; until then it serves nothing.
    """
    owner = host_owner(host)
    if owner == PENDING_HOST and host.lower() != urlsplit(settings.PLATFORM_URL).hostname:
        raise Http404
    return owner or None


def _memberships(request: HttpRequest, host_provider: int | None) -> tuple[Membership, ...]:
    user = request.user
    if not user.is_authenticated:
        return ()
    history = request.session.get("hijack_history", [])
    held = memberships_through(int(history[0]), user.pk) if history else memberships_of(user.pk)
    return tuple(row for row in held if host_provider in {None, row.provider_id})


def _chosen(request: HttpRequest, memberships: tuple[Membership, ...]) -> Membership | None:
    if len(memberships) == 1:
        return memberships[0]
    key = request.session.get(SESSION_KEY) if memberships else None
    return next((row for row in memberships if row.key == key), None)


def _load(request: Any, membership: Membership) -> None:
    request.provider = provider_view(membership.provider_id)
    if membership.tenant_id is not None:
        request.tenant = tenant_by_id(membership.provider_id, membership.tenant_id)


def _view(request: HttpRequest) -> object:
    try:
        return resolve(request.path_info, getattr(request, "urlconf", None)).func
    except Resolver404:
        return None
