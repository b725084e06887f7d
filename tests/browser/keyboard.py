"""Walk a page by the Tab key: what cannot be reached, comes out of order, or is not seen when it has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_MOST = 150
# A group of radio buttons is one stop; what is folded away or switched off is none.
_WATCH = """
([most, walked]) => {
  const known = 'a[href], button, input, select, textarea, summary, .term-name';
  let stops = [...document.querySelectorAll(known)].filter(it =>
    !it.disabled && it.tabIndex >= 0 && it.checkVisibility({visibilityProperty: true})
    && !(it.type === 'radio' && it !== (document.querySelector(`input[name="${it.name}"]:checked`)
         || document.querySelector(`input[name="${it.name}"]`))));
  const main = document.querySelector('main');
  const isShell = it => main && (it.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING);
  const said = it => `${it.tagName} ${it.getAttribute('href')} ${it.textContent.trim()}`;
  const shell = stops.filter(isShell).map(said).join(', ');
  const isKnown = walked.includes(shell);
  if (isKnown) stops = stops.filter(it => !isShell(it));
  stops.forEach((it, number) => { it.dataset.stop = number; });
  window.seenStops = [];
  document.addEventListener('focusin', event => {
    const it = event.target, style = getComputedStyle(it);
    const label = it.closest('label') || document.querySelector(`label[for="${it.id}"]`) || it;
    const isSeen = [style, getComputedStyle(label)].some(look =>
      (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none');
    if ('stop' in it.dataset) window.seenStops.push([Number(it.dataset.stop), isSeen, it.outerHTML.slice(0, 120)]);
  });
  const from = isKnown ? main : document.body, before = from.getAttribute('tabindex');
  from.tabIndex = -1;
  from.focus({preventScroll: true});
  if (before === null) from.removeAttribute('tabindex');
  return [shell, stops.slice(0, most).map(it => it.outerHTML.slice(0, 120))];
}
"""


def faults(page: Page, walked: set[str]) -> list[str]:
    """Return what is wrong with a walk through the page by the keyboard alone; the first 150 stops are walked.

    Args:
        page: the page as it is seen.
        walked: what stood before the main part of the pages so far; where a page repeats it word for word, as the
            pages of one person do, the walk begins behind it. The page's own is added.
    """
    shell, stops = page.evaluate(_WATCH, [_MOST, sorted(walked)])
    if shell:
        walked.add(shell)
    # Boxes that scroll are stops too and stand in no list; a date has one stop for each of its parts.
    presses = len(stops) + 2 + page.locator(".table-responsive, pre").count()
    presses += 3 * page.locator("input[type=date]").count()
    presses += 5 * page.locator("input[type=datetime-local]").count()
    # Held down, the key repeats itself; to let it go between two stops would wake the page twice as often.
    for _ in range(presses):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    seen: list[tuple[int, bool, str]] = page.evaluate("window.seenStops")
    # What shows itself only while it has the focus would cover what is looked at next.
    page.evaluate("document.activeElement.blur()")
    reached = {number for number, _, _ in seen}
    order = [number for number, _, _ in seen]
    first_walk = order[: order.index(0, 1)] if order.count(0) > 1 else order
    return [
        *(f"not reached by Tab: {html}" for at, html in enumerate(stops) if at not in reached),
        *(f"focus is not seen: {html}" for _, is_seen, html in seen if not is_seen),
        *([f"out of order: {first_walk}"] if first_walk != sorted(first_walk) else []),
    ]
