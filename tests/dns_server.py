"""A DNS server on loopback that says what a test tells it: texts, no such name, or nothing at all."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class DnsServer:
    """What is answered by name; a name that is not listed does not exist, `silent` names get no answer."""

    address: str
    texts: dict[str, list[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def answer(self, raw: bytes) -> bytes | None:
        """Return the answer to a question, or None to stay silent."""
        query = dns.message.from_wire(raw)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        if name in self.silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if name in self.broken:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.TXT and self.texts[name]:
            texts = [f'"{text}"' for text in self.texts[name]]
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "TXT", *texts))
        return reply.to_wire()


def serve_dns() -> Iterator[DnsServer]:
    """Run a server on a free port until the generator is closed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as inbox:
        inbox.bind(("127.0.0.1", 0))
        server = DnsServer(f"127.0.0.1:{inbox.getsockname()[1]}")
        thread = threading.Thread(target=_serve, args=(inbox, server), daemon=True)
        thread.start()
        yield server
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outbox:
            outbox.sendto(b"", inbox.getsockname())
        thread.join(timeout=5)


def _serve(inbox: socket.socket, server: DnsServer) -> None:
    while True:
        raw, sender = inbox.recvfrom(4096)
        if not raw:
            return
        reply = server.answer(raw)
        if reply is not None:
            inbox.sendto(reply, sender)
