// Chooses all rows of a page by the box in the table's head, and says how many are chosen; rows are chosen without it too.
const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${name}"]`)];

const tell = () => {
  for (const all of document.querySelectorAll("[data-select-all]")) {
    const rows = boxes(all.dataset.selectAll);
    const chosen = rows.filter((row) => row.checked).length;
    all.hidden = false;
    all.checked = rows.length > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
    for (const words of document.querySelectorAll(`[data-selected="${all.dataset.selectAll}"]`)) {
      words.hidden = chosen === 0;
      words.querySelector("[data-count]").textContent = String(chosen);
    }
  }
};

document.addEventListener("change", (event) => {
  const name = event.target.dataset.selectAll;
  if (name) for (const row of boxes(name)) row.checked = event.target.checked;
  tell();
});
document.addEventListener("htmx:afterSwap", tell);
window.addEventListener("pageshow", tell);
