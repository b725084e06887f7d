"""The promotions app."""

from __future__ import annotations

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """Register campaigns, codes and their uses."""

    name = "promotions"
