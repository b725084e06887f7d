"""A provider's connections to payment gateways: made, tested, ordered, switched off, given other keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.payment_forms import ConnectForm, ConnectionForm, SecretForm
from payments.enums import ConnectionState
from payments.errors import ConnectionNotFound, UnknownGateway
from payments.selectors.connections import connection_by_public_id, list_connections
from payments.selectors.gateways import installed_gateway, installed_gateways
from payments.services.connections import (
    change_connection,
    check_connection,
    create_connection,
    replace_credentials,
)
from payments.services.gateways import credential_warnings, sets_up_webhooks
from payments.services.webhook_secrets import make_secret, save_secret, set_up_webhook
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole
from tenants.fresh_login import confirm_url, fresh_login

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse

    from payments.types import ConnectionView
    from tenants.access import ProviderRequest

MAY_CONNECT: Final = (ProviderRole.OWNER,)


@require_safe
@provider_member(*MAY_CONNECT)
def gateways(request: ProviderRequest) -> HttpResponse:
    """Show the connections in the order in which customers see them, and what can be connected."""
    context = {
        "connections": list_connections(request.provider.id),
        "kinds": installed_gateways(),
    }
    return render(request, "portal/gateways.html", context)


@require_http_methods(["GET", "POST"])
@without_transaction
@provider_member(*MAY_CONNECT)
@fresh_login
def connect(request: ProviderRequest, gateway: str) -> HttpResponse:
    """Connect an account once the gateway has said whose the credentials are."""
    try:
        kind = installed_gateway(gateway)
    except UnknownGateway as error:
        raise Http404 from error
    form = ConnectForm(request.POST or None, fields=kind.fields, label=kind.label)
    if form.is_valid():
        try:
            made = create_connection(
                provider_id=request.provider.id,
                gateway=kind.code,
                label=form.cleaned_data["label"],
                credentials=form.credentials(),
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Connected. Now set its webhooks up."))
            return redirect("provider-gateway", connection=made)
    context = {"form": form, "kind": kind, "confirm_url": confirm_url(request, request.path)}
    return render(request, "portal/gateway_new.html", context, status=422 if form.errors else 200)


@require_safe
@provider_member(*MAY_CONNECT)
def gateway(request: ProviderRequest, connection: str) -> HttpResponse:
    """Show a connection and what can be changed of it."""
    return _show(request, _of(request, connection), {})


@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
def change(request: ProviderRequest, connection: str) -> HttpResponse:
    """Change name, place, and whether customers may pay with it."""
    form = ConnectionForm(request.POST)
    return _do(
        request,
        connection,
        form,
        "change",
        lambda: change_connection(
            provider_id=request.provider.id,
            public_id=connection,
            label=form.cleaned_data["label"],
            position=form.cleaned_data["position"],
            is_on=form.cleaned_data["is_on"],
            now=now(),
        ),
    )


@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
@fresh_login
def credentials(request: ProviderRequest, connection: str) -> HttpResponse:
    """Give it other credentials of the same account."""
    with open_scope(request):
        view = _of(request, connection)
    form = ConnectForm(request.POST, fields=_fields(view))
    return _do(
        request,
        connection,
        form,
        "credentials",
        lambda: replace_credentials(
            provider_id=request.provider.id,
            public_id=connection,
            credentials=form.credentials(),
            now=now(),
        ),
    )


@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
@fresh_login
def secret(request: ProviderRequest, connection: str) -> HttpResponse:
    """Keep a webhook secret that was copied from the gateway; the one before counts for another day."""
    form = SecretForm(request.POST)
    return _do(
        request,
        connection,
        form,
        "secret",
        lambda: save_secret(
            provider_id=request.provider.id,
            public_id=connection,
            secret=form.cleaned_data["secret"],
            now=now(),
        ),
    )


@never_cache
@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
@fresh_login
def new_secret(request: ProviderRequest, connection: str) -> HttpResponse:
    """Make a webhook secret, which is in this answer and nowhere else."""
    with open_scope(request):
        _of(request, connection)
    provider_id, seen = request.provider.id, request.POST.get("seen", "")
    try:
        made = make_secret(provider_id=provider_id, public_id=connection, seen=seen, now=now())
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("provider-gateway", connection=connection)
    with open_scope(request):
        return _show(request, _of(request, connection), {}, made=made)


@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
@fresh_login
def webhook(request: ProviderRequest, connection: str) -> HttpResponse:
    """Register our address at the gateway, or renew it with another secret."""
    with open_scope(request):
        view = _of(request, connection)
    try:
        set_up_webhook(
            provider_id=request.provider.id,
            public_id=connection,
            url=_hook_url(request, view),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The gateway tells us what happens from now on."))
    return redirect("provider-gateway", connection=connection)


@require_POST
@without_transaction
@provider_member(*MAY_CONNECT)
def check(request: ProviderRequest, connection: str) -> HttpResponse:
    """Test the connection; what is missing is named."""
    with open_scope(request):
        _of(request, connection)
    try:
        result = check_connection(provider_id=request.provider.id, public_id=connection, now=now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if result.is_ok:
            messages.success(request, _("The gateway takes the credentials."))
            if result.lacks:
                words = _("Payments go on, but the credentials lack: %(features)s.")
                messages.warning(request, words % {"features": ", ".join(result.lacks)})
        else:
            messages.error(request, _("The gateway refuses: %s") % result.message)
    return redirect("provider-gateway", connection=connection)


def _do(
    request: ProviderRequest,
    connection: str,
    form: forms.Form,
    name: str,
    work: Callable[[], None],
) -> HttpResponse:
    """Do what a form asks for, or show it again with what is wrong."""
    with open_scope(request):
        view = _of(request, connection)
    if form.is_valid():
        try:
            work()
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("provider-gateway", connection=connection)
    with open_scope(request):
        return _show(request, view, {name: form})


def _show(
    request: ProviderRequest,
    view: ConnectionView,
    tried: dict[str, forms.Form],
    *,
    made: str = "",
) -> HttpResponse:
    first = {
        "label": view.label,
        "position": view.position,
        "is_on": view.state != ConnectionState.OFF,
    }
    context: dict[str, Any] = {
        "view": view,
        "hints": [(_(field.label), view.hints.get(field.name, "")) for field in _fields(view)],
        "hook_url": _hook_url(request, view),
        **_of_gateway(request, view),
        "made": made,
        "zone": request.provider.time_zone,
        "overlaps": view.previous_until is not None and view.previous_until > now(),
        "change": ConnectionForm(initial=first),
        "credentials": ConnectForm(fields=_fields(view)),
        "secret": SecretForm(),
        "confirm_url": confirm_url(request, reverse("provider-gateway", args=[view.public_id])),
        **tried,
    }
    return render(request, "portal/gateway.html", context, status=422 if tried else 200)


def _fields(view: ConnectionView) -> Any:
    try:
        return installed_gateway(view.gateway).fields
    except UnknownGateway:
        return ()


def _of_gateway(request: ProviderRequest, view: ConnectionView) -> dict[str, Any]:
    """Return what its gateway says of a connection: nothing while it cannot be called."""
    own = {"provider_id": request.provider.id, "connection_id": view.id}
    try:
        words = [_(words) for words in credential_warnings(**own)]
        return {"by_api": sets_up_webhooks(**own), "warnings": words}
    except DomainError:
        return {"by_api": False, "warnings": []}


def _hook_url(request: ProviderRequest, view: ConnectionView) -> str:
    path = reverse("gateway-webhook", args=[view.gateway, view.webhook_token])
    return request.build_absolute_uri(path)


def _of(request: ProviderRequest, connection: str) -> ConnectionView:
    try:
        return connection_by_public_id(request.provider.id, connection)
    except ConnectionNotFound as error:
        raise Http404 from error
