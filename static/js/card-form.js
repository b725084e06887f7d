// Saves a card in a dialog of ours: the gateway's script (Stripe.js) draws the fields for number, expiry and CVC in frames
// of its own. Where that script does not load or no form can be begun, the button leads to the gateway's page as it does
// without scripts.
const LOAD_MS = 8000;

const load = (url) => new Promise((done, fail) => {
  if (window.Stripe) { done(); return; }
  const script = document.createElement("script");
  script.src = url;
  script.onload = () => (window.Stripe ? done() : fail(new Error("no script")));
  script.onerror = fail;
  window.setTimeout(() => fail(new Error("too slow")), LOAD_MS);
  document.head.append(script);
});

const begin = async (dialog, opener, button) => {
  const body = new FormData(opener);
  body.append(button.name, button.value);
  const answer = await fetch(dialog.dataset.begin, { method: "POST", body });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const prepare = (dialog) => {
  const form = dialog.querySelector("form");
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const holder = form.elements.holder;
  const submit = part("submit");
  let stripe, elements, fields, back, opener, button, isBusy = false, isReady = false;

  const say = (words) => {
    part("error").textContent = words;
    part("error").hidden = !words;
  };
  const reason = (error) => {
    const reasons = [...dialog.querySelectorAll("[data-reason]")];
    const known = reasons.find((one) => one.dataset.reason === error.decline_code)
      || reasons.find((one) => one.dataset.reason === error.code);
    return known ? known.textContent : error.message || dialog.dataset.failed;
  };
  const busy = (is) => {
    isBusy = is;
    submit.toggleAttribute("aria-busy", is);
    submit.disabled = is || !isReady;
  };
  const ready = (is) => {
    isReady = is;
    part("loading").hidden = is;
    submit.disabled = !is;
  };
  const toPage = () => {
    if (dialog.open) dialog.close();
    opener.dataset.page = "1";
    opener.requestSubmit(button);
  };

  const open = async (pressed) => {
    [opener, button] = [pressed.target, pressed.submitter];
    if (isBusy || dialog.open) return;
    isBusy = true;
    button.setAttribute("aria-busy", "true");
    try {
      await load(dialog.dataset.script);
      const begun = await begin(dialog, opener, button);
      back = begun.back;
      stripe = window.Stripe(dialog.dataset.key);
      elements = stripe.elements({
        clientSecret: begun.secret,
        locale: document.documentElement.lang,
        appearance: { theme: document.documentElement.dataset.bsTheme === "dark" ? "night" : "stripe" },
      });
      // The name is asked for by us; everything else of the card stays in the gateway's frame.
      fields = elements.create("payment", { fields: { billingDetails: { name: "never" } } });
    } catch {
      button.removeAttribute("aria-busy");
      isBusy = false;
      toPage();
      return;
    }
    button.removeAttribute("aria-busy");
    say("");
    busy(false);
    ready(false);
    fields.on("ready", () => ready(true));
    fields.on("loaderror", toPage);
    dialog.showModal();
    fields.mount(part("fields"));
  };

  dialog.addEventListener("close", () => {
    if (fields) fields.destroy();
    fields = null;
    holder.removeAttribute("aria-invalid");
    button.focus();
  });
  part("page").addEventListener("click", toPage);
  // While the bank is asked, neither Escape nor a click takes the dialog away.
  dialog.addEventListener("cancel", (event) => { if (isBusy) event.preventDefault(); });

  form.addEventListener("submit", async (event) => {
    // "Cancel" closes the dialog; the other button never does by itself.
    event.preventDefault();
    if (isBusy || !isReady) return;
    const name = holder.value.trim();
    holder.toggleAttribute("aria-invalid", !name);
    if (!name) {
      say(dialog.dataset.nameless);
      holder.focus();
      return;
    }
    busy(true);
    say("");
    try {
      const { error: incomplete } = await elements.submit();
      const { error } = incomplete ? { error: incomplete } : await stripe.confirmSetup({
        elements,
        redirect: "if_required",
        confirmParams: { return_url: back, payment_method_data: { billing_details: { name } } },
      });
      if (!error) {
        window.location.assign(back);
        return;
      }
      // What was saved by a tab beside this one is told by our own page.
      if (error.code === "setup_intent_unexpected_state") { window.location.assign(back); return; }
      say(reason(error));
    } catch {
      say(dialog.dataset.failed);
    }
    busy(false);
  });
  return open;
};

for (const dialog of document.querySelectorAll("dialog[data-script]")) {
  const open = prepare(dialog);
  for (const opener of document.querySelectorAll(`form[data-card-form="${dialog.id}"]`)) {
    opener.addEventListener("submit", (event) => {
      if (opener.dataset.page || !event.submitter) return;
      event.preventDefault();
      // Nothing is sent yet: the form may be sent once all the same.
      event.stopPropagation();
      open(event);
    });
  }
}
