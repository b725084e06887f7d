"""What the secrets of webhooks refuse."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from payments.errors import PaymentsError


class SecretChanged(PaymentsError):
    """The webhooks' secret is another one than the page showed that asks to replace it."""

    code = "secret_changed"
    http_status = 409
    message = gettext_noop(
        "Nothing was made: this page is older than the secret. A secret that was made is shown once; where nobody has "
        "it, make another one."
    )
