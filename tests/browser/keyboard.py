"""Walk a page by the Tab key: what cannot be reached, comes out of order, or is not seen when it has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_MOST = 150
# A group of radio buttons is one stop; what is folded away or switched off is none.
_WATCH = """
most => {
  const known = 'a[href], button, input, select, textarea, summary, .term-name';
  const stops = [...document.querySelectorAll(known)].filter(it =>
    !it.disabled && it.tabIndex >= 0 && it.checkVisibility({visibilityProperty: true})
    && !(it.type === 'radio' && it !== (document.querySelector(`input[name="${it.name}"]:checked`)
         || document.querySelector(`input[name="${it.name}"]`))));
  stops.forEach((it, number) => { it.dataset.stop = number; });
  window.seenStops = [];
  document.addEventListener('focusin', event => {
    const it = event.target, style = getComputedStyle(it);
    const label = it.closest('label') || document.querySelector(`label[for="${it.id}"]`) || it;
    const isSeen = [style, getComputedStyle(label)].some(look =>
      (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none');
    if ('stop' in it.dataset) window.seenStops.push([Number(it.dataset.stop), isSeen, it.outerHTML.slice(0, 120)]);
  });
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  return stops.slice(0, most).map(it => it.outerHTML.slice(0, 120));
}
"""


def faults(page: Page) -> list[str]:
    """Return what is wrong with a walk through the page by the keyboard alone; the first 150 stops are walked."""
    stops: list[str] = page.evaluate(_WATCH, _MOST)
    # Boxes that scroll are stops too and stand in no list; a date has one stop for each of its parts.
    presses = len(stops) + 2 + page.locator(".table-responsive, pre").count()
    presses += 3 * page.locator("input[type=date]").count()
    presses += 5 * page.locator("input[type=datetime-local]").count()
    for _ in range(presses):
        page.keyboard.press("Tab")
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
