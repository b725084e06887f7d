"""A provider's running business."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.sights.sight import Sight

SIGHTS: tuple[Sight, ...] = ()
