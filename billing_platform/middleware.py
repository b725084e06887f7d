"""Answers that come before everything else: a probe has no session, no host name of ours and no HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse

from billing_platform.health import PROBES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class HealthMiddleware:
    """Answer `/health/live`, `/health/ready` and `/health/jobs` in any process, before host and scheme are checked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe; let every other request pass."""
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return JsonResponse(
                {"status": "method not allowed"}, status=405, headers={"Allow": "GET, HEAD"}
            )
        checks = probe()
        healthy = not any(checks.values())
        answer = {
            "status": "ok" if healthy else "failing",
            "checks": {name: problem or "ok" for name, problem in checks.items()},
        }
        return JsonResponse(
            answer, status=200 if healthy else 503, headers={"Cache-Control": "no-store"}
        )
