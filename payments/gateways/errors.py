"""The errors that leave a gateway's folder: rejected, one kind of it for webhooks, and unavailable."""

from __future__ import annotations

from typing import Final

# The reason of a gateway whose lists prove nothing: only the same key, while it holds, tells what became of a call.
NOT_SEARCHABLE: Final = "not_searchable"
# The codes of a gateway that does not take our key any more, or does not let it do this; anything else may pass.
KEY_CODES: Final = ("authentication", "permission")
# The codes of gateways that do not know the object they are asked about.
MISSING_CODES: Final = ("resource_missing", "resource_not_found", "invalid_resource_id")


class GatewayRejected(Exception):
    """The gateway said no, finally: the same call will be refused again.

    Attributes:
        code: the gateway's stable word, safe to store and to translate.
        decline_code: the bank's reason when a method was declined, or "".
        message: the gateway's sentence, for staff; never holds a credential.
        object_id: the gateway's object that the refusal left behind, or "".
        request_id: by which the gateway's support finds the call, or ""; it ends the error's words.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        decline_code: str = "",
        object_id: str = "",
        request_id: str = "",
    ) -> None:
        self.code = code
        self.decline_code = decline_code
        self.message = message
        self.object_id = object_id
        self.request_id = request_id
        super().__init__(_words(code, message, request_id))


class GatewayUnavailable(Exception):
    """No answer that can be trusted: the call may or may not have done its work.

    Attributes:
        reason: a stable word: `connection`, `server`, `rate_limit`, `in_progress`, `denied`,
            `unknown_state`, `not_searchable`.
        request_id: as of `GatewayRejected`.
    """

    def __init__(self, reason: str, message: str, *, request_id: str = "") -> None:
        self.reason = reason
        self.message = message
        self.request_id = request_id
        super().__init__(_words(reason, message, request_id))


class WebhookRefused(GatewayRejected):
    """A webhook that was not signed with a secret of this connection, is too old, or is no event."""

    def __init__(self, reason: str) -> None:
        super().__init__("webhook_refused", reason)


def _words(code: str, message: str, request_id: str) -> str:
    return f"{code}: {message} ({request_id})" if request_id else f"{code}: {message}"
