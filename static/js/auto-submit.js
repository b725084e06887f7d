// Sends a filter form when one of its choices changes; its button is only needed without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select")) form.requestSubmit();
});
for (const button of document.querySelectorAll("form[data-auto-submit] [data-without-script]")) button.hidden = true;
