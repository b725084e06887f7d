// Asks before a page is left on which somebody changed a form and has not sent it; the browser words the question.
// What is asked is read from the fields themselves: their values against those that the server wrote.
const isChanged = (field) => {
  if (field.disabled || field.type === "hidden" || field.type === "submit" || field.type === "button") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.options) {
    const written = [...field.options].some((option) => option.defaultSelected);
    return [...field.options].some((option, place) => option.selected !== (written ? option.defaultSelected : place === 0));
  }
  return field.value !== field.defaultValue;
};

// Nobody loses work on the pages of logins, and a security key's forms are sent by a script of which no event tells.
const ASKED = "main:not(.entrance) form[method=post]:not([data-unsaved=no], .manage *)";

// A form that is on its way has been sent, whatever stands in it. A refused one holds what was typed as if the server
// had written it.
const isUnsaved = (form) => !form.dataset.sent
  && (form.querySelector("[data-error-summary]") !== null || [...form.elements].some(isChanged));

window.addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll(ASKED)];
  if (forms.some(isUnsaved)) event.preventDefault();
});
