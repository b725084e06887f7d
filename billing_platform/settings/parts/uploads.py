"""Where files that people upload are kept, how large they may be, and what watches over it while they arrive."""

from pathlib import Path
from typing import Any

from billing_platform.settings.environment import env


def upload_settings(var_dir: Path) -> dict[str, Any]:
    """Return the settings of uploaded files.

    Args:
        var_dir: where they are kept when no other place is named.

    Returns:
        `UPLOAD_STORAGE` is for STORAGES: a folder that the web and the workers share, without any address.
    """
    return {
        "UPLOAD_STORAGE": {
            "BACKEND": "billing_platform.kernel.whole_files.WholeFileStorage",
            "OPTIONS": {
                "location": env.str("UPLOADS_DIR", str(var_dir / "uploads")),
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        },
        # Where large files lie while they arrive; on the storage's own disk they need not be copied.
        "FILE_UPLOAD_TEMP_DIR": env.str("FILE_UPLOAD_TEMP_DIR", "") or None,
        "FILE_UPLOAD_HANDLERS": [
            "billing_platform.portal.upload_limit.LimitHandler",
            "django.core.files.uploadhandler.MemoryFileUploadHandler",
            "django.core.files.uploadhandler.TemporaryFileUploadHandler",
        ],
    }
