"""How many of the web processes one provider's calls may occupy at once."""

from billing_platform.settings.environment import env
from billing_platform.web_processes import web_processes


def places_of_calls() -> tuple[int, int]:
    """Return the places of one provider's calls, and how many of them large ones may take: half and a quarter.

    Both are the platform's, for all providers alike, and count over all machines with web processes.
    """
    processes = web_processes()
    places = env.int("API_CALLS_AT_ONCE", 0) or max(1, processes // 2)
    return places, env.int("API_LARGE_CALLS_AT_ONCE", 0) or max(1, processes // 4)
