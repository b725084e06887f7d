// Whose page was drawn last in this browser. A form of somebody else's is sent as it is, and refused with its old token.
const person = document.getElementById("session-end")?.dataset.person;
// A browser may keep cookies and refuse this store: then the form goes as it was drawn, and the guard beneath still holds.
const inStore = (use) => {
  try {
    return use(window.localStorage);
  } catch {
    return null;
  }
};
if (person) inStore((store) => store.setItem("person", person));

// A login in another tab gives a new token; a form that was drawn before takes it along, and need not be typed anew.
const renewToken = (form) => {
  if (person && inStore((store) => store.getItem("person")) !== person) return;
  const token = document.cookie.match(/(?:^|; )csrf=([^;]+)/)?.[1];
  if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
};

// A form that writes is sent once: its button is marked busy and refuses a second press until the page is shown again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  renewToken(form);
  form.dataset.sent = "1";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});
