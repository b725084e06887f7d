// Draws a chart of stacked bars from the table that it names; the table stays for everybody who does not see the chart. A press
// on a bar goes where its figure leads, else where its row's head does.
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#999999", "#6f4e9c", "#b3446c", "#7a5230", "#4b8f29"];

// What is estimated is hatched.
function hatched(color) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = color;
  pen.lineWidth = 2;
  for (const start of [-4, 0, 4]) {
    pen.moveTo(start, 8);
    pen.lineTo(start + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

// A line has a stack of its own: it is not set upon the bars, nor upon another line.
function lineOf(label, data, color, dash) {
  return { type: "line", label, data, stack: label, borderColor: color, backgroundColor: color, borderDash: dash, borderWidth: 2, pointRadius: 0, pointHitRadius: 8, order: -1 };
}

for (const canvas of document.querySelectorAll("canvas[data-chart-of]")) {
  const table = document.getElementById(canvas.dataset.chartOf);
  const heads = [...table.querySelectorAll("thead th[data-series]")];
  const rows = [...table.querySelectorAll("tbody tr")];
  const text = getComputedStyle(document.body).color;
  const figures = rows.map((row) => [...row.querySelectorAll("td[data-value]")].map((cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value))));
  const isLine = heads.map((head) => head.dataset.series === "line");
  const bars = figures.map((row) => row.filter((_figure, place) => !isLine[place]));
  // Half a cent below zero, which rounding leaves, would move the axis off zero; it stands in the table.
  const highest = Math.max(...bars.map((row) => row.reduce((sum, figure) => sum + Math.max(figure, 0), 0)));
  const lowest = Math.min(...bars.map((row) => row.reduce((sum, figure) => sum + Math.min(figure, 0), 0)));
  const wayOf = (press, found, chart) => {
    if (found.length === 0) return null;
    const [bar] = chart.getElementsAtEventForMode(press, "nearest", { intersect: true }, false);
    const cell = bar && rows[bar.index].querySelectorAll("td[data-value]")[bar.datasetIndex];
    return cell?.querySelector("a") ?? rows[found[0].index].querySelector("th a");
  };
  const datasets = heads.map((head, place) => {
    const label = head.textContent.trim();
    const data = figures.map((row) => row[place]);
    if (isLine[place]) return lineOf(label, data, text, [2, 3]);
    if (head.dataset.series === "estimate") return { label, data, backgroundColor: hatched(text), borderColor: text, borderWidth: 1 };
    return { label, data, backgroundColor: COLORS[place % COLORS.length] };
  });
  if (canvas.dataset.line) datasets.push(lineOf(canvas.dataset.lineLabel, rows.map(() => Number(canvas.dataset.line)), COLORS[5], [8, 4]));
  canvas.parentElement.hidden = false;
  new Chart(canvas, {
    type: "bar",
    data: {
      labels: rows.map((row) => row.querySelector("th a") ?? row.querySelector("th")).map((head) => head.innerText.trim() || head.textContent.trim()),
      datasets,
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      color: text,
      onClick: (press, found, chart) => wayOf(press, found, chart)?.click(),
      onHover: (move, found, chart) => { canvas.style.cursor = wayOf(move, found, chart) ? "pointer" : ""; },
      interaction: { mode: "index", intersect: false },
      plugins: { legend: { position: "bottom", labels: { color: text } } },
      scales: {
        x: { stacked: true, ticks: { color: text, maxRotation: 0, autoSkipPadding: 12 }, grid: { display: false } },
        y: { stacked: true, min: lowest > -highest / 100 ? 0 : undefined, ticks: { color: text }, grid: { color: "rgb(128 128 128 / 25%)" }, title: { display: true, text: canvas.dataset.unit, color: text } },
      },
    },
  });
}
