// Draws what operations of each lane waited and worked, over time. The table below says the same in figures.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const courses = document.getElementById("courses");
  const answer = await fetch(courses.dataset.source);
  if (!answer.ok) return;
  const { at, lanes } = await answer.json();
  const style = getComputedStyle(courses);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, line] = [colour("--quiet"), colour("--line")];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui" };
  const seconds = (_plot, value) => (value === null || value === undefined ? "-" : `${value.toFixed(1)} s`);
  const series = (label, name) => ({ label, stroke: colour(name), width: 2, spanGaps: false, points: { show: at.length < 40 }, value: seconds });
  const zone = courses.dataset.zone;

  const draw = (place) => {
    const found = lanes[place.dataset.lane];
    if (!found.waited.some((value) => value !== null)) {
      place.textContent = "Nothing in this lane.";
      place.classList.add("empty");
      return;
    }
    const options = {
      width: place.clientWidth,
      height: 170,
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), zone),
      fmtDate: (words) => uPlot.fmtDate(words.replace("{h}:{mm}{aa}", "{HH}:{mm}").replace("{h}{aa}", "{HH}:00")),
      axes: [axis, { ...axis, values: (_plot, ticks) => ticks.map((tick) => `${tick} s`), size: 55 }],
      series: [{ label: "at", value: "{HH}:{mm}" }, series("waited", "--warn"), series("worked", "--link")],
      scales: { y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    };
    const plot = new uPlot(options, [at, found.waited, found.worked], place);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 170 })).observe(place);
  };

  document.querySelectorAll(".course").forEach(draw);
});
