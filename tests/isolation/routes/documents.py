"""Documents: of a tenant's own, and of a provider's clients. In the walk a document is named as its tenant."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ADMIN = ("admin",)

ROUTES = (
    Route("billing-documents", "tenant", ADMIN),
    Route("billing-documents-csv", "tenant", ADMIN),
    Route("billing-document", "tenant", ADMIN, tenant_arg="document"),
    Route("provider-documents", "provider", STAFF),
    Route("provider-documents-csv", "provider", STAFF),
    Route("provider-document", "provider", STAFF, tenant_arg="document"),
)
