"""What can end a benchmark before it has a figure; the command prints the message."""


class BenchmarkError(Exception):
    """A benchmark cannot be run, or its result is worth nothing."""


class OwnerUrlMissingError(BenchmarkError):
    """`DATABASE_URL`, the owner's, is not set, so that no scratch database can be made."""


class RoleRefusedError(BenchmarkError):
    """The application's side would not run as the worker under row-level security."""


class SumsDifferError(BenchmarkError):
    """The two sides did not end with the same money, so their times cannot be compared."""
