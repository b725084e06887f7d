// Ctrl+K (Cmd+K) opens the dialog that jumps to anything; so does `/`, unless the page has a search field of its own.
// Hits are drawn by the server while somebody types; the arrows walk through them, Enter opens the first.
const WAIT_MS = 200;
const palette = document.getElementById("palette");
const word = document.getElementById("palette-word");
const hits = document.getElementById("palette-hits");
// Inside the dialog: what lies outside of an open one is read to nobody.
const count = document.getElementById("palette-count");
let timer = 0, asked = 0;

const ask = async () => {
  const place = ++asked;
  const form = word.form;
  const answer = await fetch(`${form.action}?${new URLSearchParams(new FormData(form))}`, {
    headers: { "X-Requested-With": "palette" },
  });
  // An answer that was overtaken by a later one is not shown.
  const drawn = await answer.text();
  if (!answer.ok || answer.redirected || place !== asked) return;
  hits.innerHTML = drawn;
  const said = hits.querySelector("[role=status]");
  count.textContent = said?.textContent ?? "";
  said?.remove();
  hits.dataset.word = word.value;
};

const open = () => {
  if (document.querySelector("dialog:modal")) return;
  const opener = document.activeElement;
  palette.addEventListener("close", () => opener?.focus(), { once: true });
  palette.showModal();
  word.select();
  ask();
};

document.addEventListener("keydown", (event) => {
  if (event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && palette) {
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
    return;
  }
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const field = document.querySelector("[data-search]");
  if (!field && !palette) return;
  event.preventDefault();
  if (field) field.focus();
  else open();
});

if (palette) {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]")) return;
    event.preventDefault();
    open();
  });
  word.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT_MS);
  });
  palette.addEventListener("keydown", (event) => {
    const links = [...hits.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? word : links[Math.min(next, links.length - 1)])?.focus();
    } else if (event.key === "Enter" && event.target === word && links.length > 0 && hits.dataset.word === word.value) {
      event.preventDefault();
      links[0].click();
    }
  });
}
