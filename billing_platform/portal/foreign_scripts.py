"""Let a page load a gateway's script and show its frames: the only hosts besides our own that any page may reach."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from csp.decorators import csp_update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponseBase

    from payments.gateways.forms import FormScript


def let_in(
    request: HttpRequest, answer: HttpResponseBase, scripts: Sequence[FormScript]
) -> HttpResponseBase:
    """Widen one answer's policy by what the scripts need, and by nothing else.

    Args:
        request: that is answered.
        answer: the page.
        scripts: of the gateways whose fields it shows.
    """
    if not scripts:
        return answer
    more = {
        "script-src": {_origin(script.url) for script in scripts},
        "frame-src": {frame for script in scripts for frame in script.frames},
        "connect-src": {call for script in scripts for call in script.calls},
    }
    config = {name: sorted(hosts) for name, hosts in more.items() if hosts}
    return csp_update(config)(lambda _request: answer)(request)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
