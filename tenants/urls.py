"""The routes of people and places. One URL per action."""

from __future__ import annotations

from django.urls import path

from tenants.views import invitations, members, places

urlpatterns = [
    path("after-login", places.after_login, name="after-login"),
    path("choose", places.choose_membership, name="choose-membership"),
    path("suspended", places.suspended, name="suspended"),
    path("invitations/<str:token>", invitations.accept, name="accept-invitation"),
    *(
        path(f"{base}/{verb}" if verb else base, view, name=f"{name}-{verb}" if verb else name)
        for base, name, views in (
            ("provider/members", "provider-members", members.PROVIDER_VIEWS),
            ("members", "tenant-members", members.TENANT_VIEWS),
        )
        for verb, view in views.items()
    ),
]
