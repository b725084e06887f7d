"""A provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.isolation.routes.route import Route

ROUTES: tuple[Route, ...] = ()
