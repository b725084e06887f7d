"""Open files by paths in which nothing is a link. Called where others write the folders that we read.

Who may write a folder may lay links there; what a link leads to is another provider's file, or a secret of the server.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

# A folder is only passed through; where the system knows a way to do that, reading it need not be allowed.
_PASS: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
_LINKED: Final = frozenset({errno.ELOOP, errno.EMLINK, errno.ENOTDIR})


def open_unlinked(path: str | os.PathLike[str], flags: int) -> int:
    """Open a regular file, folder by folder from the top, so that nobody can lay a link while it is opened.

    Args:
        path: absolute, and resolved when it was named.
        flags: as `open` hands them to its opener.

    Returns:
        A file descriptor.

    Raises:
        OSError: a part of the path is a link, the file is none or no regular one, or it may not be read.
    """
    whole = Path(path)
    folder = os.open(whole.anchor, _PASS)
    try:
        for name in whole.parts[1:-1]:
            folder, above = os.open(name, _PASS, dir_fd=folder), folder
            os.close(above)
        # A pipe would wait for its writer.
        found = os.open(whole.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError as error:
        if error.errno in _LINKED:
            raise OSError(error.errno, "Links are not followed", str(whole)) from error
        raise
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(errno.EINVAL, "This is no file", str(whole))
    return found
