// Sends a filter form when one of its choices changes; its button is only needed without scripts.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto-submit]");
  if (form && event.target.matches("select")) form.requestSubmit();
});
for (const button of document.querySelectorAll("form[data-auto-submit] [data-without-script]")) button.hidden = true;
// What was left empty stays out of the address.
const dropEmpty = (data) => { for (const [name, value] of [...data]) if (value === "") data.delete(name); };
document.addEventListener("formdata", (event) => {
  if (event.target.matches("form[data-auto-submit]")) dropEmpty(event.formData);
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.closest("form[data-auto-submit]")) dropEmpty(event.detail.formData);
});
