"""A bound on uploaded files while they arrive: what is too large is not stored, and the form can say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

if TYPE_CHECKING:
    from django.http import HttpRequest

_MARK = "has_too_large_file"


class LimitHandler(FileUploadHandler):
    """Stands before the handlers that store: it lets pass what is small enough, and drops a file that is not."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a piece of a file pass.

        Args:
            raw_data: the piece.
            start: how many bytes of the file came before it.

        Raises:
            SkipFile: the file is too large; the rest is read and dropped, so that the sender gets an answer.
        """
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            setattr(self.request, _MARK, True)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that store."""


def has_too_large_file(request: HttpRequest) -> bool:
    """Return whether a file of a request was dropped because of its size."""
    return getattr(request, _MARK, False)
