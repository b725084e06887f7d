"""Host names of a provider: asked for by its owners, proved by DNS or vouched for by an operator, removed."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.scope import provider_scope
from tenants.clients.dns import DnsUnavailableError, txt_values
from tenants.enums import HostOutcome
from tenants.errors import HostTakenError, InvalidNameError, TooManyHostsError
from tenants.models import Host
from tenants.selectors.hosts import challenge_name, list_hosts, provider_id_by_host

if TYPE_CHECKING:
    from datetime import datetime

_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}([.]{_LABEL})*")
_NAME_MAX: Final = 253
# Each that waits is asked for every few minutes, so nobody has a thousand of them.
_PENDING_MAX: Final = 20


def check_host_name(name: str) -> str:
    """Return a host name as it is stored: small letters, no final dot.

    Args:
        name: what was entered.

    Raises:
        InvalidNameError: this is no host name.
    """
    clean = name.strip().lower().rstrip(".")
    if len(clean) > _NAME_MAX or not _HOST.fullmatch(clean):
        raise InvalidNameError(message=_("This is no host name."))
    return clean


@transaction.atomic
def admit_host(*, provider_id: int, name: str, now: datetime) -> None:
    """Show a provider's brand on a host name at once; for operators, who vouch for it.

    Args:
        provider_id: whose; its scope is open, or an operator's.
        name: the host name without port, any case.
        now: the present moment.

    Raises:
        InvalidNameError: the name is no host name.
        HostTakenError: it shows another provider's brand.

    Idempotency: a name that is proved already stays so, since then.
    """
    clean = check_host_name(name)
    try:
        with transaction.atomic():
            row, is_new = Host.objects.get_or_create(
                provider_id=provider_id,
                name=clean,
                defaults={"asked_at": now, "proved_at": now},
            )
            if not is_new and row.proved_at is None:
                Host.objects.filter(provider_id=provider_id, pk=row.pk).update(proved_at=now)
    except IntegrityError as error:
        raise HostTakenError from error


@transaction.atomic
def ask_for_host(*, provider_id: int, name: str, now: datetime) -> None:
    """Ask for a host name; it serves nothing until DNS says what the answer to the challenge is.

    Args:
        provider_id: whose; its scope is open.
        name: the host name without port, any case.
        now: the present moment.

    Raises:
        InvalidNameError: the name is no host name, or too long for the record before it.
        HostTakenError: it is the installation's own, or shows another provider's brand.
        TooManyHostsError: too many names of this provider wait.

    Idempotency: a name that was asked for keeps its challenge.
    """
    clean = check_host_name(name)
    if len(challenge_name(clean)) > _NAME_MAX:
        raise InvalidNameError(message=_("This host name is too long."))
    if clean == urlsplit(settings.PLATFORM_URL).hostname:
        raise HostTakenError
    if provider_id_by_host(clean) not in {None, provider_id}:
        raise HostTakenError
    hosts = list_hosts(provider_id)
    if clean not in {host.name for host in hosts}:
        if sum(not host.is_proved for host in hosts) >= _PENDING_MAX:
            raise TooManyHostsError
        challenge = secrets.token_urlsafe(24)
        row = Host(provider_id=provider_id, name=clean, challenge=challenge, asked_at=now)
        Host.objects.bulk_create([row], ignore_conflicts=True)


def prove_host(*, provider_id: int, host_id: int, now: datetime) -> bool | None:
    """Ask DNS whether a host name is the provider's, and show the brand on it when it is.

    Opens its scopes itself, for no transaction is held while DNS is asked.

    Args:
        provider_id: whose.
        host_id: which.
        now: the present moment.

    Returns:
        Whether it is proved now; None where there is no such host name of this provider.

    Idempotency: what is proved stays so and DNS is not asked again.
    """
    with provider_scope(provider_id):
        host = next((row for row in list_hosts(provider_id) if row.id == host_id), None)
    if host is None or host.is_proved:
        return None if host is None else True
    outcome = _ask(host.record, host.challenge)
    with provider_scope(provider_id):
        return _record(provider_id, host_id, outcome, now)


@transaction.atomic
def remove_host(*, provider_id: int, host_id: int, current: str) -> bool:
    """Show a provider's brand on a host name no longer, or wait for it no longer.

    Args:
        provider_id: whose; its scope is open.
        host_id: which.
        current: the host name that the person uses just now, which stays.

    Returns:
        Whether there was such a host name of this provider.

    Raises:
        InvalidNameError: it is the last one that is proved, or in use by this person.

    Idempotency: a name that is gone stays gone.
    """
    # Locked, so that two removals at once cannot take the last two.
    rows = Host.objects.select_for_update().filter(provider_id=provider_id).order_by("pk")
    hosts = {row.pk: row for row in rows}
    if host_id not in hosts:
        return False
    proved = [row.pk for row in hosts.values() if row.proved_at is not None]
    if proved == [host_id]:
        raise InvalidNameError(message=_("The last host name cannot be removed."))
    if hosts[host_id].name == current.lower():
        raise InvalidNameError(
            message=_("You are using this host name now. Remove it from another one.")
        )
    Host.objects.filter(provider_id=provider_id, pk=host_id).delete()
    return True


def _ask(record: str, challenge: str) -> str:
    """Return why the name is not proved, or an empty text when it is."""
    try:
        found = txt_values(record)
    except DnsUnavailableError:
        return HostOutcome.NO_ANSWER
    if any(secrets.compare_digest(value.encode(), challenge.encode()) for value in found):
        return ""
    return HostOutcome.OTHER if found else HostOutcome.MISSING


def _record(provider_id: int, host_id: int, outcome: str, now: datetime) -> bool:
    rows = Host.objects.filter(provider_id=provider_id, pk=host_id, proved_at__isnull=True)
    proved_at = None if outcome else now
    try:
        with transaction.atomic():
            found = rows.update(checked_at=now, outcome=outcome, proved_at=proved_at)
    except IntegrityError:
        # Another provider has proved it; who did so first keeps it.
        rows.update(checked_at=now, outcome=HostOutcome.TAKEN)
        return False
    return bool(found) and not outcome
