// Copies the text named by data-copy and says so in the live region.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const live = document.getElementById("live");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    live.textContent = live.dataset.copied;
  } catch {
    live.textContent = live.dataset.refused;
  }
  window.setTimeout(() => { live.textContent = ""; }, 2000);
});
