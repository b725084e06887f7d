"""The demo's own pages: what to look at, a bank's statement, and the mails it would have sent.

Whoever reaches its port may read them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.demo.guide import BANK_STEPS, GUIDE
from billing_platform.demo.live_state import read_live_state
from billing_platform.demo.mailbox import Mail, find_mail, list_mails
from billing_platform.demo_data.bank import waiting_statement
from billing_platform.demo_data.cast import PASSWORD, PROVIDERS
from payments.services.gateways import simulated_desk

if TYPE_CHECKING:
    from django.http import HttpRequest

# A mail brings its own style; it may run nothing, load nothing and post nothing.
MAIL_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Tell who to log in as, and what to try."""
    hosts = {
        stop.provider: f"{request.scheme}://{stop.provider}.localhost:{request.get_port()}"
        for stop in GUIDE
    }
    casts = [(provider, hosts[provider.slug]) for provider in PROVIDERS]
    stops = [(stop, hosts[stop.provider]) for stop in GUIDE]
    live = read_live_state(Path(settings.VAR_DIR))
    context = {
        "stops": stops,
        "transfers": [(each, hosts[each.provider]) for each in BANK_STEPS],
        "casts": casts,
        "password": PASSWORD,
        "live": live,
        "desk": simulated_desk(),
    }
    return render(request, "demo/guide.html", context)


@require_safe
def statement_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the bank's newest statement of a provider, which nobody has imported yet."""
    found = waiting_statement(slug)
    if found is None:
        raise Http404("There is no such statement.")
    name, data = found
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/xml", headers=headers)


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Show the newest mails."""
    return render(request, "demo/mails.html", {"mails": list_mails(_folder())})


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail's head and text."""
    return render(request, "demo/mail.html", {"mail": _mail(name)})


@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail's HTML as its reader sees it, locked in."""
    return HttpResponse(_mail(name).html, headers={"Content-Security-Policy": MAIL_POLICY})


def _mail(name: str) -> Mail:
    mail = find_mail(_folder(), name)
    if mail is None:
        raise Http404("There is no such mail.")
    return mail


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "mail"
