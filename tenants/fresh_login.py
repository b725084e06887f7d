"""Ask who somebody is once more before keys are made or changed: a login that is left open does not do."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, cast
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.kernel.clock import now
from tenants.session_end import logged_in_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

    from tenants.access import ProviderRequest

P = ParamSpec("P")
NOT_FRESH: Final = gettext_noop(
    "Nothing was changed. Please confirm who you are, then do it again."
)


def confirm_url(request: ProviderRequest, back: str) -> str:
    """Return where a person confirms who they are; empty while that was a short time ago.

    Args:
        request: of somebody who is logged in.
        back: the page to come back to.
    """
    if _is_fresh(request):
        return ""
    methods = get_adapter().get_reauthentication_methods(request.user)
    path = methods[0]["url"] if methods else reverse("account_login")
    return f"{path}?{urlencode({'next': back})}"


def fresh_login(
    view: Callable[Concatenate[ProviderRequest, P], HttpResponseBase],
) -> Callable[Concatenate[ProviderRequest, P], HttpResponseBase]:
    """Let a view write only for who logged in, or confirmed it, a short time ago.

    What was sent is dropped and asked for again: it may be a key, and no session shall hold one.
    """

    @wraps(view)
    def guarded(request: ProviderRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        url = confirm_url(request, _page_before(request)) if request.method == "POST" else ""
        if not url:
            return view(request, *args, **kwargs)
        messages.warning(request, _(NOT_FRESH))
        return redirect(url)

    return cast("Callable[Concatenate[ProviderRequest, P], HttpResponseBase]", guarded)


def _is_fresh(request: ProviderRequest) -> bool:
    # Whoever looks through another's eyes knows nobody's password.
    if getattr(request.user, "is_hijacked", False):
        return False
    records = cast("list[dict[str, float]]", get_authentication_records(request, request.user))
    times = [record["at"] for record in records if record.get("reauthenticated")]
    last = max([*times, logged_in_at(request)])
    return bool(now().timestamp() - last < app_settings.REAUTHENTICATION_TIMEOUT)


def _page_before(request: ProviderRequest) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        before, {request.get_host()}, require_https=request.is_secure()
    )
    return urlsplit(before).path or "/" if is_ours else "/"
