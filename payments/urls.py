"""Where gateways deliver their webhooks."""

from __future__ import annotations

from django.urls import path

from payments.views.webhooks import webhook

urlpatterns = [path("<str:gateway>/<str:token>/", webhook, name="gateway-webhook")]
