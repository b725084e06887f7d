"""The pictures of a document, as bytes: the only files that a document can show."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image

LOGO: Final = "asset:logo"
QR: Final = "asset:qr"
REGISTERED: Final = "asset:registered"


@dataclass(frozen=True, slots=True)
class Assets:
    """Pictures as PNG; one that is empty is not shown. `registered` is the code of a government's portal."""

    logo: bytes = b""
    qr: bytes = b""
    registered: bytes = b""

    def files(self) -> dict[str, bytes]:
        """Return the pictures by the addresses under which a PDF finds them."""
        known = ((LOGO, self.logo), (QR, self.qr), (REGISTERED, self.registered))
        return {name: png for name, png in known if png}


def data_url(png: bytes) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@lru_cache(maxsize=64)
def on_paper(png: bytes) -> bytes:
    """Return a logo without transparency, as it looks on white: a PDF would draw it twice.

    Args:
        png: a picture that this installation made itself.
    """
    with Image.open(BytesIO(png)) as picture:
        drawn = picture.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    paper.alpha_composite(drawn)
    kept = BytesIO()
    paper.convert("RGB").save(kept, format="PNG", optimize=True)
    return kept.getvalue()
