"""The icons that pages draw inline, read once from the files copied from Tabler."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_FOLDER: Final = Path(settings.BASE_DIR) / "static" / "icons"


def icon_file(name: str) -> Path:
    """Return where an icon of this name would lie.

    Args:
        name: the file's name in `static/icons`, without `.svg`.
    """
    return _FOLDER / f"{name}.svg"


@cache
def icon_svg(name: str) -> SafeString:
    """Return an icon as SVG, hidden from screen readers: the words beside it say what it means.

    Args:
        name: the file's name in `static/icons`, without `.svg`.

    Raises:
        ValueError: no such icon.
    """
    path = icon_file(name)
    if not path.is_file():
        raise ValueError(f"There is no icon {name!r} in static/icons.")
    svg = path.read_text(encoding="utf-8").strip()
    drawn = svg.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1)
    return mark_safe(drawn)  # noqa: S308 (our own files)
