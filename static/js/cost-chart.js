// Draws a chart of stacked bars from the table that it names; the table stays for everybody who does not see the chart. A press
// on a bar goes where its row's head leads.
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#999999", "#6f4e9c", "#b3446c", "#7a5230", "#4b8f29"];

for (const canvas of document.querySelectorAll("canvas[data-chart-of]")) {
  const table = document.getElementById(canvas.dataset.chartOf);
  const heads = [...table.querySelectorAll("thead th[data-series]")];
  const rows = [...table.querySelectorAll("tbody tr")];
  const text = getComputedStyle(document.body).color;
  const figures = rows.map((row) => [...row.querySelectorAll("td[data-value]")].map((cell) => Number(cell.dataset.value)));
  // Half a cent below zero, which rounding leaves, would move the axis off zero; it stands in the table.
  const highest = Math.max(...figures.map((row) => row.reduce((sum, figure) => sum + Math.max(figure, 0), 0)));
  const lowest = Math.min(...figures.map((row) => row.reduce((sum, figure) => sum + Math.min(figure, 0), 0)));
  const wayOf = (found) => (found.length > 0 ? rows[found[0].index].querySelector("th a") : null);
  canvas.parentElement.hidden = false;
  new Chart(canvas, {
    type: "bar",
    data: {
      labels: rows.map((row) => row.querySelector("th a") ?? row.querySelector("th")).map((head) => head.innerText.trim() || head.textContent.trim()),
      datasets: heads.map((head, place) => ({
        label: head.textContent.trim(),
        data: figures.map((row) => row[place]),
        backgroundColor: COLORS[place % COLORS.length],
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      color: text,
      onClick: (_press, found) => wayOf(found)?.click(),
      onHover: (_move, found) => { canvas.style.cursor = wayOf(found) ? "pointer" : ""; },
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { position: "bottom", labels: { color: text } } },
      scales: {
        x: { stacked: true, ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false } },
        y: { stacked: true, min: lowest > -highest / 100 ? 0 : undefined, ticks: { color: text }, grid: { color: "rgb(128 128 128 / 25%)" }, title: { display: true, text: canvas.dataset.unit, color: text } },
      },
    },
  });
}
