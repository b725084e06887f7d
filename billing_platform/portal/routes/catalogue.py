"""Routes of a provider's pages about meters, plans and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern

ROUTES: tuple[URLPattern, ...] = ()
