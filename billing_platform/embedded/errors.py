"""What can go wrong with the embedded server, each with a message that tells the reader what to do."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be had; the message says why and what helps."""


class BinariesMissing(EmbeddedError):
    """No PostgreSQL of a usable version is installed."""


class DataUnusable(EmbeddedError):
    """The data folder is there and this server cannot use it."""


class StartFailed(EmbeddedError):
    """The server was started and did not come up."""
