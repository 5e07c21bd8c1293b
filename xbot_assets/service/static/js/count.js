// Says how long X counts a text to be while it is typed. The server counts: it knows X's rules, and one counter is enough.
"use strict";

(() => {
  const PAUSE_MS = 200;
  const waiting = new WeakMap();

  const count = async (area) => {
    const shown = document.getElementById(area.dataset.count);
    const form_token = area.form.elements.form_token.value;
    const answer = await fetch("/write/count", { method: "POST", body: new URLSearchParams({ form_token, text: area.value }) });
    if (!answer.ok || !shown) return;
    const { counted, most } = await answer.json();
    shown.textContent = `${counted} of ${most}, as X counts`;
    shown.classList.toggle("over", counted > most);
  };

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.("textarea[data-count]")) return;
    clearTimeout(waiting.get(area));
    waiting.set(area, setTimeout(() => count(area), PAUSE_MS));
  });
})();
