"""Mails of this part, in the provider's brand and through the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from billing_platform.kernel.clock import now
from billing_platform.kernel.mail import send_mail
from tenants.places import site_url
from tenants.selectors.members import language_of
from tenants.services.mails import compose_mail

if TYPE_CHECKING:
    from tenants.access import MemberRequest
    from tenants.services.invitations import NewInvitation
    from tenants.types import TenantView


def send_invitation(
    request: MemberRequest, invitation: NewInvitation, *, tenant: TenantView | None = None
) -> None:
    """Mail an invitation's token to the invited address, in its reader's language as far as that is known.

    Args:
        request: of the person who invites, in whose transaction the mail is written.
        invitation: just made.
        tenant: whom it invites to, when a provider's person invites; else the place of the one who invites.
    """
    tenant = tenant or getattr(request, "tenant", None)
    place = tenant.name if tenant else request.provider.name
    language = language_of(invitation.email) or (tenant.language if tenant else get_language())
    with override(language):
        _send(request, invitation, tenant, place)


def _send(
    request: MemberRequest, invitation: NewInvitation, tenant: TenantView | None, place: str
) -> None:
    subject = _("You are invited to %s") % " ".join(place.split())
    shown = {
        "place": place,
        "inviter": request.user.name or request.user.email,
        "url": site_url(request, reverse("accept-invitation", args=[invitation.token])),
    }
    text = render_to_string("emails/invitation.txt", shown)
    send_mail(
        provider_id=request.provider.id,
        tenant_id=tenant.id if tenant else 0,
        mail=compose_mail(request.provider, to=invitation.email, subject=subject, text=text),
        key=f"invitation/{invitation.id}",
        now=now(),
    )
