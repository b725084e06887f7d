"""Ask DNS for the texts of a name. Called by the proof of host names, never inside a transaction."""

from __future__ import annotations

from typing import Final

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

# A person waits for it, and a worker's turn is five minutes.
_ALL_S: Final = 4
_ONE_S: Final = 2
_PORT: Final = 53


class DnsUnavailableError(Exception):
    """DNS gave no answer, neither yes nor no: ask again later."""


def txt_values(name: str) -> tuple[str, ...]:
    """Return what the TXT records of a name say; nothing where there is no such name or record.

    Args:
        name: a whole name in ASCII, without a final dot.

    Raises:
        DnsUnavailableError: no server answered in time, or none could.

    Source: RFC 1035, 3.3.14: a text of several parts is one text without a gap.
    """
    try:
        answer = _resolver().resolve(f"{name}.", "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException as error:
        raise DnsUnavailableError(str(error)) from error
    return tuple(b"".join(row.strings).decode("ascii", "replace").strip() for row in answer)


def _resolver() -> dns.resolver.Resolver:
    named = list(settings.DNS_SERVERS)
    resolver = dns.resolver.Resolver(configure=not named)
    if named:
        resolver.nameservers = [_server(each) for each in named]
    resolver.timeout, resolver.lifetime = _ONE_S, _ALL_S
    return resolver


def _server(named: str) -> dns.nameserver.Nameserver:
    address, _, port = named.rpartition(":") if named.count(":") == 1 else (named, "", "")
    return dns.nameserver.Do53Nameserver(address, int(port or _PORT))
