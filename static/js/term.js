// Escape closes a definition that covers what lies beneath it; it opens again when its name is pointed at or focused anew.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term:hover, .term:focus-within")) term.dataset.closed = "";
});
for (const end of ["pointerout", "focusout"]) {
  document.addEventListener(end, (event) => {
    const term = event.target.closest?.(".term[data-closed]");
    if (term && !term.contains(event.relatedTarget)) delete term.dataset.closed;
  });
}
