// Warns five minutes before a login ends by itself, and lets it go on; looks at the clock, since a device may have slept.
const WARN_S = 300;
const dialog = document.getElementById("session-end");

if (dialog) {
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  let endsAt = 0, isTold = false;

  const begin = (seconds) => {
    endsAt = Date.now() + seconds * 1000;
    isTold = false;
  };
  const look = () => {
    const left = (endsAt - Date.now()) / 1000;
    const isOver = left <= 0;
    part("warning").hidden = isOver;
    part("over").hidden = !isOver;
    dialog.querySelector("[type=submit]").hidden = isOver;
    if (left <= WARN_S && !isTold && !document.querySelector("dialog:modal")) {
      isTold = true;
      dialog.showModal();
    }
  };

  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    // Nothing leaves the page: the form may be sent again the next time.
    event.stopPropagation();
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
    if (answer.ok && !answer.redirected) {
      begin((await answer.json()).seconds);
      dialog.close();
    } else {
      begin(0);
      look();
    }
  });

  begin(Number(dialog.dataset.seconds));
  window.setInterval(look, 15000);
  look();
}
