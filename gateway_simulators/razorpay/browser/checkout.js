// Stands in for checkout.razorpay.com/v1/checkout.js: `new Razorpay(options).open()` sends the browser to the simulator's
// hosted form, which comes back to `callback_url` by POST. The pop-up with a `handler` is not there.
(() => {
  "use strict";

  const target = new URL("v1/checkout/embedded", document.currentScript.src);
  const flat = (value, name) =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, `${name}[${key}]`))
      : [[name, String(value)]];

  window.Razorpay = class Razorpay {
    constructor(options) {
      if (!options.key || !options.order_id || !options.callback_url) {
        throw new Error("The simulator takes key, order_id and callback_url.");
      }
      this.options = options;
    }

    open() {
      const { key, handler, redirect, ...rest } = this.options;
      const form = document.createElement("form");
      form.method = "post";
      form.action = target.href;
      for (const [name, inner] of Object.entries({ key_id: key, ...rest })) {
        for (const [full, value] of flat(inner, name)) {
          const input = document.createElement("input");
          Object.assign(input, { type: "hidden", name: full, value });
          form.append(input);
        }
      }
      document.body.append(form);
      form.submit();
    }
  };
})();
