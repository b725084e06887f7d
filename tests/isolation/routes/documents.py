"""Documents: of a tenant's own, and of a provider's clients. In the walk a document is named as its tenant."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ADMIN = ("admin",)

# The walk's document is a receipt, which is no electronic invoice; `test_document_xml` downloads one.
UBL = {"syntax": "ubl"}
WRITES = ("owner", "billing")
TEXT = {"kind": "invoice", "language": "en"}
WORDS = {"subject": "{number}", "body": "{total}"}

ROUTES = (
    Route("billing-documents", "tenant", ADMIN),
    Route("billing-documents-csv", "tenant", ADMIN),
    Route("billing-documents-zip", "tenant", ADMIN),
    Route("billing-document", "tenant", ADMIN, tenant_arg="document"),
    Route(
        "billing-document-xml", "tenant", ADMIN, tenant_arg="document", args=UBL, is_missing=True
    ),
    Route(
        "provider-document-xml", "provider", STAFF, tenant_arg="document", args=UBL, is_missing=True
    ),
    Route("billing-document-pdf", "tenant", ADMIN, tenant_arg="document"),
    Route("billing-document-print", "tenant", ADMIN, tenant_arg="document"),
    Route("provider-documents", "provider", STAFF),
    Route("provider-documents-csv", "provider", STAFF),
    Route("provider-documents-zip", "provider", STAFF),
    Route("provider-document", "provider", STAFF, tenant_arg="document"),
    Route("provider-document-pdf", "provider", STAFF, tenant_arg="document"),
    Route("provider-document-print", "provider", STAFF, tenant_arg="document"),
    Route(
        "provider-document-mail",
        "provider",
        ("owner", "billing", "support"),
        "post",
        tenant_arg="document",
        data={"number": "9"},
    ),
    Route("provider-document-register", "provider", WRITES, tenant_arg="document"),
    Route("provider-document-credit", "provider", WRITES, tenant_arg="document"),
    Route("provider-document-write-off", "provider", WRITES, tenant_arg="document"),
    *(
        Route(name, "provider", WRITES, "post", tenant_arg="document")
        for name in (
            "provider-write-off-back",
            "provider-correction-approve",
            "provider-correction-decline",
        )
    ),
    Route("provider-mail-texts", "provider", WRITES),
    Route("provider-mail-text", "provider", WRITES, args=TEXT),
    Route("provider-mail-text-preview", "provider", WRITES, "post", args=TEXT, data=WORDS),
    Route("provider-mail-text-reset", "provider", WRITES, "post", args=TEXT),
)
