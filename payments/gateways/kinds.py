"""How a gateway presents itself: its name, what it asks a provider for, and how a connection is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from payments.gateways.errors import GatewayRejected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from payments.gateways.declines import Decline
    from payments.gateways.protocol import Gateway


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One value that a provider enters once and nobody ever reads again.

    Attributes:
        name: its key in the stored credentials.
        label: what the form calls it, English source text marked by `gettext_noop`.
        pattern: regular expression that the whole value matches.
        is_secret: shown as its last four characters only; else whole.
        help: where it is found, likewise.
        warns: regular expression of values that are taken, and that `warning` is said about; "" for none.
        warning: likewise.
    """

    name: str
    label: str
    pattern: str
    is_secret: bool
    help: str = ""
    warns: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class WebhookSecrets:
    """The secrets that a delivery may be signed with; never printed.

    Attributes:
        current: the endpoint's secret, or the webhook's id where the gateway signs by that.
        previous: the one before it, or "".
        previous_until: when the previous one stops counting, or None.
    """

    current: str
    previous: str = ""
    previous_until: datetime | None = None

    def valid_at(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that count at a time."""
        found = [self.current] if self.current else []
        if self.previous and self.previous_until is not None and now < self.previous_until:
            found.append(self.previous)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a gateway answers; from the deployment's settings, never from a provider's input.

    Attributes:
        url: base address of its API, without a slash at the end; "" is the gateway's own.
        is_simulated: a simulator answers there; live credentials are refused then.
        trust_root: PEM of a further certificate authority for webhooks, simulators only, or "".
        script_url: what browsers load in the place of the gateway's own script, simulators only, or "".
    """

    url: str = ""
    is_simulated: bool = False
    trust_root: str = ""
    script_url: str = ""


def address_of(endpoint: Endpoint, own: str, *, is_live: bool, label: str) -> str:
    """Return the base address at which a gateway of some credentials is reached.

    Args:
        endpoint: where it answers.
        own: the gateway's own address.
        is_live: the credentials move real money.
        label: the gateway's name.

    Raises:
        GatewayRejected: live credentials at a simulator (`live_refused`), or an address that is not encrypted
            (`endpoint_insecure`).
    """
    if endpoint.is_simulated and is_live:
        words = "Live credentials are refused while simulators are on."
        raise GatewayRejected("live_refused", words)
    url = endpoint.url or own
    if not endpoint.is_simulated and not url.startswith("https://"):
        raise GatewayRejected("endpoint_insecure", f"{label} is reached by https only.")
    return url


@dataclass(frozen=True, slots=True)
class GatewayKind:
    """A gateway that connections can be made of; found by the entry points `billing_platform.gateways`.

    Attributes:
        code: stable word, stored with each connection and in the webhook's address.
        label: its name as people know it.
        fields: what a provider enters.
        is_live: tells from the credentials whether real money moves.
        connect: makes a connection; raises `GatewayRejected` when the credentials cannot be its own.
        first_currencies: ISO codes that a form offers first.
        declines: what its own words for a refusal mean, in lower case; a word that our table has keeps its meaning.
        dispute_page: the address of a dispute in the gateway's own dashboard by its id and whether it is live, or
            None when it has no such page.
    """

    code: str
    label: str
    fields: tuple[CredentialField, ...]
    is_live: Callable[[Mapping[str, str]], bool]
    connect: Callable[[Mapping[str, str], WebhookSecrets, Endpoint], Gateway]
    first_currencies: tuple[str, ...] = ()
    dispute_page: Callable[[str, bool], str] | None = None
    declines: Mapping[str, Decline] = field(default_factory=dict)
