"""Who may see a page: the only authorisation decorators. Every view of a person carries one of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect

from tenants.scopes import scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from django.http import HttpResponseBase

    from billing_platform.kernel.scope import Scope
    from tenants.models import User
    from tenants.types import Membership, ProviderView, TenantView

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound="Callable[..., Any]")

CHOOSE_MEMBERSHIP = "choose-membership"


class MemberRequest(HttpRequest):
    """A request of a person whose membership is known, as the scope middleware leaves it.

    Attributes:
        provider: whose pages these are.
        membership: the role in use.
        memberships: all roles that the person may use on this host.
    """

    user: User  # logged in, which the decorators check
    provider: ProviderView
    membership: Membership
    memberships: tuple[Membership, ...]


class ProviderRequest(MemberRequest):
    """A request of a provider's person; the provider's scope is open."""


class TenantRequest(MemberRequest):
    """A request of a tenant's person; the tenant's scope is open."""

    tenant: TenantView


@dataclass(frozen=True)
class Access:
    """What a view asks for; tests read it from the view's attribute `access`."""

    kind: Literal["provider", "tenant", "person", "public"]
    roles: tuple[str, ...] = ()


def provider_member(
    *roles: str,
) -> Callable[
    [Callable[Concatenate[ProviderRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let in a provider's people with one of the roles, inside the provider's scope.

    Args:
        roles: of ProviderRole.

    Raises:
        Http404: the person has no membership here.
        PermissionDenied: another role.
    """
    return _member("provider", roles)


def tenant_member(
    *roles: str,
) -> Callable[
    [Callable[Concatenate[TenantRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let in a tenant's people with one of the roles, inside the tenant's scope.

    Args:
        roles: of TenantRole.

    Raises:
        Http404: the person has no membership here.
        PermissionDenied: another role.
    """
    return _member("tenant", roles)


def any_member(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in everybody with a membership in use, in its scope."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        refusal = _refusal(request)
        if refusal is not None:
            return refusal
        return view(cast("MemberRequest", request), *args, **kwargs)

    guarded.access = Access("person")  # type: ignore[attr-defined]  # read by tests
    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)


def public(view: V) -> V:
    """Mark a view that anybody may see; it opens no tenant's rows but those that a secret in its address names."""
    view.access = Access("public")  # type: ignore[attr-defined]  # read by tests
    return view


def without_transaction(view: V) -> V:
    """Mark a view that calls a gateway: no transaction is held around it, it opens scopes itself by `open_scope`."""
    view.without_transaction = True  # type: ignore[attr-defined]  # read by the middleware
    return view


def open_scope(request: MemberRequest) -> AbstractContextManager[Scope]:
    """Return the scope of a request's membership, for views without a transaction and for streamed bodies."""
    return scope_of(request.membership)


def streamed(request: MemberRequest, rows: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Yield the rows of a streamed body inside a scope of its own, since the request's ends before the body is read.

    Args:
        request: whose scope.
        rows: makes the rows; called when the body begins.
    """
    with open_scope(request):
        yield from rows()


def _member(kind: Literal["provider", "tenant"], roles: tuple[str, ...]) -> Callable[[Any], Any]:
    if not roles:
        raise TypeError("An access decorator names at least one role.")

    def decorate(view: V) -> V:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refusal = _refusal(request)
            if refusal is not None:
                return refusal
            membership = cast("MemberRequest", request).membership
            if (membership.tenant_id is None) is not (kind == "provider"):
                raise PermissionDenied
            if membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = Access(kind, tuple(map(str, roles)))  # type: ignore[attr-defined]  # read by tests
        return cast("V", guarded)

    return decorate


def _refusal(request: HttpRequest) -> HttpResponseBase | None:
    """Return where a person without a membership in use is sent, or None when there is one."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if getattr(request, "membership", None) is not None:
        return None
    if getattr(request, "memberships", ()):
        return redirect(CHOOSE_MEMBERSHIP)
    raise Http404
