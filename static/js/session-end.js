// Warns five minutes before a login ends by itself, lets it go on, and says when it is over; looks at the clock, since a
// device may have slept. Tabs share one login: what one of them was told of its end holds for all.
const WARN_S = 300;
const ENDS = "sessionEnds";
const dialog = document.getElementById("session-end");

if (dialog) {
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  const latest = () => Math.max(endsAt, Number(window.localStorage.getItem(ENDS)));
  let endsAt = 0, told = "";

  const begin = (seconds) => {
    endsAt = Date.now() + seconds * 1000;
    if (seconds > 0) window.localStorage.setItem(ENDS, latest());
    else window.localStorage.removeItem(ENDS);
  };
  const look = () => {
    const left = (latest() - Date.now()) / 1000;
    const isOver = left <= 0;
    const stage = isOver ? "over" : left <= WARN_S ? "soon" : "";
    part("warning").hidden = isOver;
    part("over").hidden = !isOver;
    dialog.querySelector("[type=submit]").hidden = isOver;
    if (stage === told || document.querySelector("dialog:modal:not(#session-end)")) return;
    told = stage;
    if (!stage) dialog.close();
    else if (!dialog.open) dialog.showModal();
  };

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    // Nothing leaves the page: the form may be sent again the next time.
    event.stopPropagation();
    const form = event.target;
    renewToken(form);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      // No answer, or one of a server in trouble, says nothing of the login: the question stays and may be answered again.
      if (answer.status >= 500) return;
      begin(answer.ok && !answer.redirected ? (await answer.json()).seconds : 0);
    } catch {
      return;
    }
    look();
  });

  begin(Number(dialog.dataset.seconds));
  window.setInterval(look, 15000);
  look();
}
