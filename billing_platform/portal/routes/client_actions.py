"""Routes of what a provider's people do for a client."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import approvals, client_actions

_CLIENT = "provider/clients/<str:public_id>"

ROUTES = (
    path("provider/approvals/", approvals.approvals, name="provider-approvals"),
    path("provider/approvals/approve", approvals.approve_one, name="provider-approval-approve"),
    path("provider/approvals/decline", approvals.decline_one, name="provider-approval-decline"),
    path(f"{_CLIENT}/credit", client_actions.credit, name="provider-client-credit"),
    path(f"{_CLIENT}/correct", client_actions.correct, name="provider-client-correct"),
    path(f"{_CLIENT}/suspend", client_actions.suspend, name="provider-client-suspend"),
    path(f"{_CLIENT}/resume", client_actions.resume, name="provider-client-resume"),
)
