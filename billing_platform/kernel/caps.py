"""How far rows are counted, summed up and sent at once: what goes on for ever must not make a page slow."""

from typing import Final

# Of more rows it is only said that there are more ("10,000+"); a list's file is written by a worker then (decision 45).
COUNT_CAP: Final = 10_000
