"""The frame of the pages that people see: one document for all gateways, with the colours of each."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gateway_simulators.common.messages import as_page

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer

STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--ink)}
main{max-width:var(--width);margin:8vh auto;padding:2rem;background:#fff;border-radius:12px;box-shadow:0 2px 12px #0002}
h1{font-size:1.1rem;margin:0}strong{display:block;font-size:2rem;margin:.2rem 0 1rem}
label{display:block;font-size:.85rem;margin:.8rem 0 .2rem}
input{width:100%;box-sizing:border-box;padding:.6rem;border:1px solid #c4ccd8;border-radius:6px;font:inherit}
button{width:100%;padding:.7rem;margin-top:.6rem;border:1px solid #c4ccd8;border-radius:6px;background:#fff;
color:inherit;font:inherit;cursor:pointer}
button.first{background:var(--accent);border-color:var(--accent);color:#fff}
p.error{background:#fde8e8;color:#9b1c1c;padding:.6rem;border-radius:6px}a{color:var(--accent)}small{color:#5b6784}
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one gateway's pages from another's.

    Attributes:
        name: of the gateway; the browser's title.
        note: the small line beneath everything.
        accent: of what is pressed first, and of links.
        ground: behind the page.
        ink: of its words.
        width: at most so wide.
    """

    name: str
    note: str
    accent: str
    ground: str = "#f5f7fa"
    ink: str = "#16213d"
    width: str = "26rem"


def page(look: Look, status: int, inner: str, *, style: str = "") -> Answer:
    """Return a page.

    Args:
        look: of the gateway.
        status: HTTP status.
        inner: HTML of its body; whatever came from elsewhere is escaped in it.
        style: rules of its own.
    """
    colours = (
        f":root{{--accent:{look.accent};--ground:{look.ground};--ink:{look.ink};"
        f"--width:{look.width}}}"
    )
    return as_page(
        status,
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{look.name}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{colours}{STYLE}{style}</style></head><body><main>{inner}"
        f"<small>{look.note}</small></main></body></html>",
    )


def button(value: str, label: str, *, is_first: bool = False, name: str = "choice") -> str:
    """Return a button that sends its form.

    Args:
        value: what it says.
        label: what is written on it.
        is_first: it is the usual one.
        name: of the field.
    """
    look = ' class="first"' if is_first else ""
    return f'<button name="{name}" value="{escape(value)}"{look}>{escape(label)}</button>'


def alert(words: str) -> str:
    """Return a line that says what went wrong, or "" when nothing did.

    Args:
        words: the sentence, or "".
    """
    return f'<p class="error" role="alert">{escape(words)}</p>' if words else ""
