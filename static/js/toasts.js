// Moves what succeeded from the top of the page into the corner, where it is read out and stays for ten seconds, or as
// long as somebody points at it or stands in it. Warnings and errors stay where they are; without scripts everything does.
const STAY_MS = 10000;
const region = document.getElementById("toasts");

const show = (toast) => {
  let timer = 0;
  const leave = () => toast.remove();
  // Somebody may stand in it whose mouse has left it, or the other way round.
  const lapse = () => (toast.matches(":hover, :focus-within") ? begin() : leave());
  const begin = () => { window.clearTimeout(timer); timer = window.setTimeout(lapse, STAY_MS); };
  const hold = () => window.clearTimeout(timer);
  toast.removeAttribute("role");
  const close = toast.querySelector("[data-dismiss]");
  close.hidden = false;
  close.addEventListener("click", () => {
    document.getElementById("main")?.focus({ preventScroll: true });
    leave();
  });
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, begin);
  region.append(toast);
  begin();
};

for (const message of document.querySelectorAll("[data-toast]")) show(message);
