"""Long lists: the file is ordered from the workers, and the person is led to where it is waited for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.clock import now
from tenants.errors import TooManyExportsError
from tenants.places import site_url
from tenants.services.list_exports import AskedList, ask_for_export

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import MemberRequest

# The task asks the lists' views, which come here: it is called by its name.
WRITE_TASK: Final = "portal.write_export"


def order_file(request: MemberRequest, name: str) -> HttpResponse:
    """Note that a list is to be written to a file, and lead to the page of exports.

    Args:
        request: of the list's file; its scope is open.
        name: of the file, with its ending.
    """
    tenant_id = request.membership.tenant_id
    page = "exports" if tenant_id else "provider-exports"
    if request.method != "GET":
        return redirect(page)
    # The mail would go to the person whose eyes are looked through.
    if getattr(request.user, "is_hijacked", False):
        words = _(
            "This list is too long to be sent at once. Only the customer can have it as a file."
        )
        messages.warning(request, words)
        return redirect(page)
    asked = AskedList(
        provider_id=request.provider.id,
        tenant_id=tenant_id or 0,
        user_id=request.user.pk,
        path=request.path_info,
        query=request.GET.urlencode(),
        name=name,
        language=get_language() or "en",
        page_url=site_url(request, reverse(page)),
    )
    try:
        export_id = ask_for_export(asked, now=now())
    except TooManyExportsError as error:
        messages.warning(request, _(error.message))
        return redirect(page)
    ids = {"provider_id": request.provider.id, "export_id": export_id}
    # If the bell is lost, the sweep of the next minute finds it.
    ring = partial(current_app.send_task, WRITE_TASK, kwargs=ids, retry=False, ignore_result=True)
    transaction.on_commit(ring, robust=True)
    words = _(
        "This list is too long to be sent at once, so its file is written in the background."
        " A mail tells you when it is ready."
    )
    messages.info(request, words)
    return redirect(page)
