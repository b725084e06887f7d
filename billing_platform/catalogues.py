"""The catalogues of languages: what was translated, and its compiled form. `make messages` calls it; tests compare."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from babel.messages import Catalog

_NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
LOCALE_DIR: Final = Path(__file__).parent / "locale"


def catalogue_files() -> list[Path]:
    """Return the files with translations, one for each language but English."""
    return sorted(LOCALE_DIR.glob("*/LC_MESSAGES/django.po"))


def catalogue(path: Path) -> Catalog:
    """Return what a file translates.

    Args:
        path: of a `.po` file.
    """
    with path.open("rb") as file:
        found = read_po(file, locale=path.parent.parent.name)
    # Babel would write the moment of reading.
    found.creation_date = found.revision_date = _NO_DATE
    return found


def compiled(path: Path) -> bytes:
    """Return the compiled form of a file, the same on every machine.

    Args:
        path: of a `.po` file.
    """
    buffer = io.BytesIO()
    write_mo(buffer, catalogue(path))
    return buffer.getvalue()


def main() -> None:
    """Write the compiled form beside every file."""
    for path in catalogue_files():
        path.with_suffix(".mo").write_bytes(compiled(path))


if __name__ == "__main__":
    main()
