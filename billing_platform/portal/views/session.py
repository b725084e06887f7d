"""Stay signed in: the answer to the warning before a login ends by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from tenants.access import public
from tenants.session_end import extend_session

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@public
@login_required
def stay(request: HttpRequest) -> HttpResponse:
    """Let the login end later, and say in how many seconds; it needs no membership, which may have ended meanwhile."""
    return JsonResponse({"seconds": extend_session(request)})
