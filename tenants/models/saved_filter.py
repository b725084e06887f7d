"""Filters of the list of tenants that people of a provider keep under a name, and which of them each opens first."""

from __future__ import annotations

from django.db import models

from tenants.models.provider import Provider
from tenants.models.user import User


class SavedFilter(models.Model):
    """A filter with a name, its author's own or shared with all people of the provider.

    Attributes:
        user: the author.
        query: what is asked for, as the query of the list's address, without the question mark.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=5000)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "tenants_saved_filter"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "user", "name"], name="tenants_saved_filter_name"
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(query=""),
                name="tenants_saved_filter_filled",
            ),
        ]

    def __str__(self) -> str:
        return f"filter {self.name} of user {self.user_id}"


class DefaultFilter(models.Model):
    """The saved filter with which the list opens for one person of a provider."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    saved_filter = models.ForeignKey(
        SavedFilter, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        db_table = "tenants_default_filter"
        constraints = [
            models.UniqueConstraint(fields=["provider", "user"], name="tenants_default_filter_one")
        ]
        indexes = [
            models.Index(fields=["provider", "saved_filter"], name="tenants_default_filter_saved")
        ]

    def __str__(self) -> str:
        return f"default filter of user {self.user_id}"
