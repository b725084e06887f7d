// What is being fetched anew says so: to machines at once, to eyes after a while, so that a quick answer does not flicker.
const SLOW_MS = 300;
const waits = new WeakMap();
const rest = (target) => {
  clearTimeout(waits.get(target));
  target.removeAttribute("aria-busy");
  target.classList.remove("is-slow");
};
document.addEventListener("htmx:beforeRequest", ({ detail: { target } }) => {
  target.setAttribute("aria-busy", "true");
  waits.set(target, setTimeout(() => target.classList.add("is-slow"), SLOW_MS));
});
for (const end of ["htmx:afterRequest", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(end, ({ detail: { target } }) => rest(target));
}
