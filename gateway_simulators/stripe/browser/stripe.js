// Stands in for js.stripe.com: the parts of Stripe.js that a form to save a card needs. The card's number is typed into a
// frame of the simulator and never reaches the page around it.
(() => {
  "use strict";

  const base = new URL("../", document.currentScript.src);

  class Element {
    constructor(options) {
      this.options = options;
      this.listeners = {};
      this.isComplete = false;
      this.waiting = new Map();
      this.hear = this.hear.bind(this);
    }

    mount(target) {
      const place = typeof target === "string" ? document.querySelector(target) : target;
      this.frame = document.createElement("iframe");
      const address = new URL("elements/frame", base);
      address.searchParams.set("theme", this.options.theme || "stripe");
      this.frame.src = address.href;
      this.frame.title = "Secure payment input frame";
      this.frame.width = "100%";
      this.frame.height = "210";
      this.frame.style.border = "0";
      this.frame.style.display = "block";
      window.addEventListener("message", this.hear);
      place.replaceChildren(this.frame);
    }

    unmount() {
      window.removeEventListener("message", this.hear);
      if (this.frame) {
        this.frame.remove();
      }
    }

    destroy() {
      this.unmount();
    }

    on(name, listener) {
      (this.listeners[name] ||= []).push(listener);
      return this;
    }

    hear(message) {
      if (!this.frame || message.source !== this.frame.contentWindow || message.origin !== base.origin) {
        return;
      }
      const { type, complete, request, result } = message.data;
      if (type === "result") {
        this.waiting.get(request)(result);
        this.waiting.delete(request);
        return;
      }
      this.isComplete = Boolean(complete);
      for (const listener of this.listeners[type] || []) {
        listener({ elementType: "payment", complete: this.isComplete });
      }
    }

    ask(details) {
      const request = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
      return new Promise((answer) => {
        this.waiting.set(request, answer);
        this.frame.contentWindow.postMessage({ ...details, request }, base.origin);
      });
    }
  }

  class Elements {
    constructor(options) {
      this.clientSecret = options.clientSecret;
      this.theme = (options.appearance || {}).theme;
      this.element = null;
    }

    create(kind) {
      if (kind !== "payment") {
        throw new Error(`The simulator has no ${kind} element.`);
      }
      this.element = new Element({ theme: this.theme });
      return this.element;
    }

    getElement() {
      return this.element;
    }

    async submit() {
      return this.element.isComplete
        ? { selectedPaymentMethod: "card" }
        : { error: { type: "validation_error", message: "Your card number, expiry date or CVC is incomplete." } };
    }
  }

  class Stripe {
    constructor(key) {
      this.key = key;
    }

    elements(options) {
      return new Elements(options);
    }

    async confirmSetup({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const billing = (confirmParams.payment_method_data || {}).billing_details || {};
      const { error, setup_intent: setupIntent } = await elements.element.ask({
        key: this.key,
        client_secret: clientSecret || elements.clientSecret,
        holder: billing.name || "",
        return_url: confirmParams.return_url || "",
      });
      if (error) {
        return { error };
      }
      if (setupIntent.status === "requires_action") {
        return leave(setupIntent.next_action.redirect_to_url.url);
      }
      if (redirect === "if_required") {
        return { setupIntent };
      }
      const back = new URL(confirmParams.return_url);
      back.searchParams.set("setup_intent", setupIntent.id);
      back.searchParams.set("setup_intent_client_secret", setupIntent.client_secret);
      back.searchParams.set("redirect_status", "succeeded");
      return leave(back.href);
    }
  }

  // The page is left: as with the real one, nothing is answered any more.
  const leave = (url) => {
    window.location.assign(url);
    return new Promise(() => {});
  };

  window.Stripe = (key) => {
    if (!/^pk_test_\w+$/.test(key || "")) {
      throw new Error("The simulator takes publishable test keys only.");
    }
    return new Stripe(key);
  };
})();
