// Draws what operations of each lane waited and worked, over time. The table below says the same in figures.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const courses = document.getElementById("courses");
  const answer = await fetch(courses.dataset.source);
  if (!answer.ok) return;
  const { shown, at, lanes } = await answer.json();
  const style = getComputedStyle(courses);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, line] = [colour("--quiet"), colour("--line")];
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: "12px system-ui" };
  const seconds = (_plot, value) => (value === null || value === undefined ? "-" : `${value.toFixed(1)} s`);
  const series = (label, name) => ({ label, stroke: colour(name), width: 2, spanGaps: true, points: { show: true, size: 5 }, value: seconds });
  const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: courses.dataset.zone });
  const clock = (time) => hours.format(new Date(time * 1000));

  const draw = (place) => {
    const course = lanes[place.dataset.lane];
    if (!course.waited.some((value) => value !== null)) {
      place.textContent = "Nothing in this lane.";
      place.classList.add("empty");
      return;
    }
    const options = {
      width: place.clientWidth,
      height: 170,
      axes: [
        { ...axis, values: (_plot, ticks) => ticks.map(clock) },
        { ...axis, values: (_plot, ticks) => ticks.map((tick) => `${tick} s`), size: 55 },
      ],
      series: [
        { label: "at", value: (_plot, time) => (time ? clock(time) : "-") },
        series("waited", "--warn"),
        series("worked", "--link"),
      ],
      scales: { x: { range: () => shown }, y: { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] } },
    };
    const plot = new uPlot(options, [at, course.waited, course.worked], place);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 170 })).observe(place);
  };

  document.querySelectorAll(".course").forEach(draw);
});
