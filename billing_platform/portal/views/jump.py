"""The jump dialog: one address that leads from a word to pages, clients, invoices and payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.context import Shell
from billing_platform.portal.pages.jump import jump_page
from tenants.access import any_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import MemberRequest

# What the dialog's script asks with: it wants the hits without the page around them.
PART: Final = "palette"


@never_cache
@require_safe
@any_member
def jump(request: MemberRequest) -> HttpResponse:
    """Show where a word leads."""
    shell, member = Shell(request), request.membership
    nav = shell.nav
    page = jump_page(
        request.provider,
        member.tenant_id,
        [*nav.items, *([nav.notices] if nav.notices else []), *shell.login_nav],
        request.GET.get("q", ""),
        is_admin=member.role == TenantRole.ADMIN,
        now=now(),
    )
    is_part = request.headers.get("X-Requested-With") == PART
    name = "portal/_jump.html" if is_part else "portal/jump.html"
    return render(request, name, {"page": page})
