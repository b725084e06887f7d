"""What is asked for of the list of uploads: a file's name, a format, a state; in the address of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from billing_platform.portal.pages.address import address_query, address_text
from billing_platform.portal.pages.list_links import asked_size
from billing_platform.portal.upload_words import FORMATS, STATES
from usage.selectors.uploads import list_uploads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from usage.selectors.uploads import UploadView

USUAL_SIZE: Final = 50
_NAME_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class UploadFilter:
    """What is asked for; what is empty does not narrow.

    Attributes:
        size: rows of a page, of SIZES.
        before: the number of the last row of the page before.
    """

    state: str = ""
    format: str = ""
    name: str = ""
    size: int = USUAL_SIZE
    before: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str], *, before: int = 0) -> UploadFilter:
        """Return what an address asks for; what makes no sense is left out."""
        state, file_format = query.get("state", ""), query.get("format", "")
        return cls(
            state=state if state in STATES else "",
            format=file_format if file_format in FORMATS else "",
            name=address_text(query.get("name", ""), _NAME_MAX),
            size=asked_size(query, USUAL_SIZE),
            before=before,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the page is chosen."""
        return any((self.state, self.format, self.name))

    def url(self, route: str, *, before: int = 0) -> str:
        """Return the address of the list as it is asked for."""
        named = {
            "state": self.state,
            "format": self.format,
            "name": self.name,
            "size": self.size if self.size != USUAL_SIZE else "",
            "before": before,
        }
        return reverse(route) + address_query(named)


def matching_uploads(provider_id: int, wanted: UploadFilter, *, limit: int) -> list[UploadView]:
    """Return the uploads that match, newest first.

    Args:
        provider_id: whose; its scope is open.
        wanted: which ones.
        limit: how many at most.
    """
    return list_uploads(
        provider_id,
        state=wanted.state,
        upload_format=wanted.format,
        name=wanted.name,
        before=wanted.before,
        limit=limit,
    )
