"""Call History, and how phone systems read."""

from __future__ import annotations

from typing import Final

from tests.isolation.routes.route import STAFF, Route

MAPPERS: Final = ("owner", "billing")
SYSTEM: Final = ("system_id",)

ROUTES = (
    Route("billing-calls", "tenant", ("admin",)),
    Route("billing-calls-csv", "tenant", ("admin",)),
    Route("provider-calls", "provider", STAFF),
    Route("provider-calls-csv", "provider", STAFF),
    Route("provider-client-calls", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-calls-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-phone-systems", "provider", STAFF),
    Route("provider-phone-system-new", "provider", MAPPERS),
    Route("provider-phone-system", "provider", STAFF, things=SYSTEM),
    Route("provider-phone-zone", "provider", MAPPERS, things=SYSTEM),
    Route("provider-phone-try", "provider", STAFF, things=SYSTEM),
    Route("provider-phone-rule", "provider", MAPPERS, things=SYSTEM),
    Route("provider-phone-rule-remove", "provider", MAPPERS, "post", things=SYSTEM),
    Route("provider-phone-rule-raise", "provider", MAPPERS, "post", things=SYSTEM),
    Route("provider-phone-line", "provider", MAPPERS, things=SYSTEM),
    Route("provider-phone-line-remove", "provider", MAPPERS, "post", things=SYSTEM),
    Route("provider-call-folder-new", "provider", MAPPERS),
    Route("provider-call-folder", "provider", MAPPERS, things=("folder_id",)),
    Route("provider-call-folder-switch", "provider", MAPPERS, "post", things=("folder_id",)),
)
