"""Requests and answers as the simulators see them; the server makes the ones and sends the others."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its path without the gateway's prefix.

    Attributes:
        method: the verb.
        path: from the slash after the gateway's prefix, without the query.
        query: behind the question mark, or "".
        headers: by name in small letters.
        body: raw.
        fault: mode of the fault that meets it although its work is done, or "".
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """Return the query's parameters; the last of a name counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """Return the form-encoded body's parameters, or the query's when there is no body."""
        text = self.body.decode(errors="replace") or self.query
        return dict(parse_qsl(text, keep_blank_values=True))

    def header(self, name: str) -> str:
        """Return a header's value, or "".

        Args:
            name: in any case.
        """
        return self.headers.get(name.lower(), "")

    @property
    def login(self) -> tuple[str, str]:
        """Return the name and the password of HTTP Basic; two empty ones when none are sent, or none that read."""
        try:
            sent = base64.b64decode(self.header("Authorization").removeprefix("Basic ")).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        name, _, password = sent.partition(":")
        return name, password

    def json(self) -> Any:
        """Return the JSON body; an empty one is an empty object.

        Raises:
            ValueError: not JSON.
        """
        return json.loads(self.body or b"{}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Attributes:
        status: HTTP status.
        body: raw.
        kind: media type.
        headers: further headers.
    """

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of JSON.

    Args:
        status: HTTP status.
        value: anything that JSON can hold.
        headers: further headers.
    """
    return Answer(status, json.dumps(value).encode(), headers=headers or {})


def as_page(status: int, html: str) -> Answer:
    """Return a page for a browser.

    Args:
        status: HTTP status.
        html: the whole document.
    """
    return Answer(status, html.encode(), "text/html; charset=utf-8", {"Cache-Control": "no-store"})


def as_redirect(url: str) -> Answer:
    """Send a browser elsewhere by GET.

    Args:
        url: where to.
    """
    return Answer(303, b"", "text/plain", {"Location": url})
