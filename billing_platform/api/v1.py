"""The API's first version: its routers, and its way to say no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from ninja import NinjaAPI
from typing_extensions import override

from billing_platform.api.access import ApiKeyAuth
from billing_platform.api.entitlements import router as entitlements
from billing_platform.api.events import router as events
from billing_platform.kernel.database_faults import retry_after_s
from billing_platform.kernel.problems import install_problems, problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja.openapi.schema import OpenAPISchema


class BillingApi(NinjaAPI):
    """An API whose document says of every error that it is a problem."""

    @override
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        _say_problem(answer)
        return schema


def _say_problem(answer: dict[str, Any]) -> None:
    content = answer.get("content", {})
    if "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")


api = BillingApi(
    title="Billing API",
    version="1",
    description="For a provider's own systems. Every call carries an API key of the provider as bearer token.",
    auth=ApiKeyAuth(),
    docs_url=None,
    urls_namespace="api-v1",
)
api.add_router("", events)
api.add_router("", entitlements)
install_problems(api)


@api.exception_handler(DatabaseError)
def on_database_fault(_request: HttpRequest, error: Exception) -> HttpResponse:
    """Ask the caller to come again: the transaction was rolled back, and sending twice counts once.

    Raises:
        DatabaseError: coming again would not help.
    """
    wait = retry_after_s(error)
    if wait is None:
        raise error
    return problem(
        status=503,
        code="try_again",
        detail="The call could not be finished. Send it again; nothing is counted twice.",
        retry_after_s=wait,
    )
