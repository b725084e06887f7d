"""Find tenants by the beginnings of words, from an index. Called by lists of tenants.

Under row-level security no LIKE and no full text is a condition of an index, since neither is leakproof; ranges of text
compared byte by byte are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS_MAX: Final = 8
# So many hits are looked through one by one for the other words.
RARE: Final = 2_000
# Several words with so many are gathered and intersected, those with more looked for in what is left; all of them are,
# where no two have so few.
COMMON: Final = 10_000
_HITS: Final = """
SELECT w.number, w.is_whole, w.word, (
       SELECT count(*) FROM (
              SELECT 1 FROM tenants_tenant_token k
               WHERE k.provider_id = %(provider)s AND k.token >= w.word AND k.token < w.word || chr(1114111)
               LIMIT %(most)s) x)
  FROM (SELECT c.number, true AS is_whole, left(c.chunk, 64) COLLATE "C" AS word FROM chunk c
        UNION ALL
        SELECT c.number, false, left(p.part, 64) COLLATE "C"
          FROM chunk c, regexp_split_to_table(c.chunk, tenants_separator()) AS p (part)) w
 WHERE w.word <> '' ORDER BY 1, 2 DESC
"""
_CHUNKS: Final = r"""
WITH chunk AS MATERIALIZED (
     SELECT c.number, regexp_replace(
            c.chunk, '^' || tenants_separator() || '+|' || tenants_separator() || '+$', '', 'g') AS chunk
       FROM regexp_split_to_table(tenants_fold(%(text)s), '[\s\u00a0]+') WITH ORDINALITY AS c (chunk, number)
      LIMIT %(words)s)
"""
_RANGE: Final = "k.token >= %({name})s AND k.token < %({name})s || chr(1114111)"
_OWN: Final = """EXISTS (
    SELECT 1 FROM tenants_tenant_token k
     WHERE k.provider_id = %(provider)s AND k.tenant_id = t.id AND {range})"""
_HITS_OF: Final = (
    "SELECT k.tenant_id FROM tenants_tenant_token k WHERE k.provider_id = %(provider)s AND {range}"
)
_GATHERED: Final = "t.id = ANY (ARRAY({hits}))"


@dataclass(frozen=True, slots=True)
class Word:
    """The beginning of a word, and how many tokens begin so, counted no further than one beyond `COMMON`."""

    text: str
    hits: int


@dataclass(frozen=True, slots=True)
class WordSearch:
    """One condition on a tenant `t` in two forms, with their parameters.

    Attributes:
        gathered: reads the hits of rare words first; good wherever few are found.
        each: asks tenant by tenant; good in the order of a list in which very many are found.
    """

    gathered: str
    each: str
    params: dict[str, Any]


def search_words(provider_id: int, text: str) -> list[Word]:
    """Return the words of a search, rarest first, by one query.

    What a person typed together is looked for together; where nothing begins so, its parts are looked for one by one.

    Args:
        provider_id: whose tenants; its scope is open.
        text: as it was typed, any case, with or without accents; words beyond `WORDS_MAX` are left out.
    """
    params = {
        "provider": provider_id,
        "text": text.replace("\x00", ""),
        "words": WORDS_MAX,
        "most": COMMON + 1,
    }
    rows = fetch_all(_CHUNKS + _HITS, params)
    chosen = {word for _, chunk in groupby(rows, key=lambda row: row[0]) for word in _chosen(chunk)}
    return sorted(chosen, key=lambda word: (word.hits, word.text))[:WORDS_MAX]


def matches(provider_id: int, text: str) -> WordSearch:
    """Return what a tenant `t` must meet to be found; a text without any word finds nobody.

    Args:
        provider_id: whose tenants; its scope is open.
        text: as it was typed.
    """
    words = search_words(provider_id, text)
    if not words:
        return WordSearch("false", "false", {})
    params: dict[str, Any] = {f"word_{place}": word.text for place, word in enumerate(words)}
    ranges = [_RANGE.format(name=name) for name in params]
    hits = [_HITS_OF.format(range=one) for one in ranges]
    each = [_OWN.format(range=one) for one in ranges]
    known = sum(word.hits <= COMMON for word in words)
    first = 1 if words[0].hits <= RARE else known if known > 1 else len(words)
    both = _GATHERED.format(hits=" INTERSECT ".join(hits[:first]))
    gathered = " AND ".join([both, *each[first:]])
    return WordSearch(gathered, " AND ".join(each), {**params, "provider": provider_id})


def _chosen(rows: Iterator[tuple[int, bool, str, int]]) -> list[Word]:
    whole, *parts = (Word(text, hits) for _, _, text, hits in rows)
    return [whole] if whole.hits else parts
