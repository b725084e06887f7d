"""Store a provider's logos: decoded, made small, written anew as PNG, so that nothing but the picture is kept."""

from __future__ import annotations

import hashlib
import struct
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from tenants.errors import InvalidLogoError
from tenants.models import Logo, Provider

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MAX_UPLOAD_BYTES: Final = 1_000_000
# Of what is uploaded, before it is decoded: 16 million pixels take 64 MB.
_MAX_PIXELS: Final = 16_000_000
# Of what is kept: three times the room that pages have for it.
_KEPT_PX: Final = (480, 144)
_FORMATS: Final = ("PNG", "JPEG", "WEBP")

Theme = Literal["light", "dark"]


def set_logo(*, provider_id: int, theme: Theme, upload: bytes, now: datetime) -> str:
    """Show a logo on a provider's pages.

    Args:
        provider_id: whose; its scope is open.
        theme: on light pages or on dark ones.
        upload: a PNG, JPEG or WebP file.
        now: the present moment.

    Returns:
        The name of the picture that is kept.

    Raises:
        InvalidLogoError: too large, of another kind, or broken.

    Idempotency: the same picture twice is kept once.
    """
    content = logo_png(upload)
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.png"
    with transaction.atomic():
        row = _locked(provider_id)
        Logo.objects.bulk_create(
            [Logo(provider_id=provider_id, name=name, content=content, created_at=now)],
            ignore_conflicts=True,
        )
        _show(row, theme, name)
    return name


@transaction.atomic
def remove_logo(*, provider_id: int, theme: Theme) -> None:
    """Show a logo no longer.

    Args:
        provider_id: whose; its scope is open.
        theme: on light pages or on dark ones.

    Idempotency: one that is gone stays gone.
    """
    _show(_locked(provider_id), theme, "")


def logo_png(upload: bytes) -> bytes:
    """Return a logo as it is kept: PNG, at most 480 by 144 pixels, without anything but the picture.

    Args:
        upload: a PNG, JPEG or WebP file.

    Raises:
        InvalidLogoError: too large, of another kind, or broken.
    """
    if len(upload) > MAX_UPLOAD_BYTES:
        raise InvalidLogoError(message=_("A logo has at most 1 MB."))
    if b"<svg" in upload[:4096].lower():
        raise InvalidLogoError(
            message=_("An SVG file may carry programs. Upload a PNG, JPEG or WebP picture.")
        )
    try:
        with _whole_files(), Image.open(BytesIO(upload), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise InvalidLogoError(message=_("A logo has at most 16 million pixels."))
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError):
        message = _("This is no PNG, JPEG or WebP picture, or it is broken.")
        raise InvalidLogoError(message=message) from None
    drawn.thumbnail(_KEPT_PX)
    drawn.info.clear()
    kept = BytesIO()
    drawn.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


@contextmanager
def _whole_files() -> Iterator[None]:
    # WeasyPrint lets its whole process read files that were cut off; a logo has to be whole.
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _locked(provider_id: int) -> Provider:
    # So that nobody removes the very picture that somebody else begins to show.
    return Provider.objects.select_for_update().get(pk=provider_id)


def _show(row: Provider, theme: Theme, name: str) -> None:
    field = "logo_light" if theme == "light" else "logo_dark"
    setattr(row, field, name)
    row.save(update_fields=[field])
    shown = [row.logo_light.name or "", row.logo_dark.name or ""]
    Logo.objects.filter(provider_id=row.pk).exclude(name__in=shown).delete()
