// The calendar: shows a stretch of time, opens a post, and gives what was dragged another time. The server decides; what it
// refuses goes back to where it was.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("calendar");
  const said = document.getElementById("said");
  const narrow = window.matchMedia("(max-width: 46rem)").matches;
  // What is in the hand is not taken out of it by news.
  let [dragging, changed] = [false, false];
  const two = (number) => String(number).padStart(2, "0");
  // The owner's own clock: the calendar reads and tells times without a zone.
  const local = (at) =>
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

  const load = async (range) => {
    const asked = new URLSearchParams({ start: range.startStr, end: range.endStr });
    const answer = await fetch(`${place.dataset.posts}?${asked}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) said.textContent = "The calendar's posts cannot be read now. The list below says more.";
    return answer.ok ? answer.json() : [];
  };

  const move = async (info) => {
    const fields = { [place.dataset.field]: place.dataset.token, at: local(info.event.start), why: "dragged on the calendar" };
    const answer = await fetch(info.event.extendedProps.move, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    }).catch(() => null);
    const told = answer && (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : null;
    if (answer && answer.ok && told) {
      said.textContent = told.said;
      return;
    }
    info.revert();
    said.textContent = told ? `${told.reason} ${told.remedy}` : "It was not moved: the page was open for too long. Load it again.";
  };

  const content = (info) => {
    const time = document.createElement("b");
    time.textContent = info.timeText.split(/\s*[–-]\s*/)[0];
    const words = document.createElement("span");
    words.textContent = ` ${info.event.title}`;
    const state = document.createElement("span");
    state.className = narrow ? "state" : "unseen";
    state.textContent = narrow ? info.event.extendedProps.state : `, ${info.event.extendedProps.state}`;
    const line = document.createElement("span");
    line.className = "line";
    line.append(time, words, narrow ? " " : "", state);
    return { domNodes: [line] };
  };

  // The calendar calls itself a grid and holds what no grid may hold. Without those roles it is what it is: buttons with
  // a time, words and a state, which a screen reader reads in order; the lists below say the same.
  const plain = () => {
    place.querySelectorAll("[role]:not([role=button])").forEach((part) => part.removeAttribute("role"));
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount", "aria-colspan", "aria-rowspan"]) {
      place.querySelectorAll(`[${name}]`).forEach((part) => part.removeAttribute(name));
    }
    place.querySelector(".ec-prev")?.setAttribute("aria-label", "Earlier");
    place.querySelector(".ec-next")?.setAttribute("aria-label", "Later");
  };
  new MutationObserver(plain).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["role", "aria-colindex", "aria-rowindex"] });

  const calendar = EventCalendar.create(place, {
    view: narrow ? "listWeek" : "timeGridWeek",
    date: place.dataset.now,
    height: narrow ? "auto" : "40rem",
    firstDay: 1,
    locale: "en-GB",
    headerToolbar: narrow
      ? { start: "title", center: "", end: "prev,next" }
      : { start: "title", center: "dayGridMonth,timeGridWeek,timeGridDay,listWeek", end: "today prev,next" },
    buttonText: { today: "today", dayGridMonth: "month", timeGridWeek: "week", timeGridDay: "day", listWeek: "list" },
    allDaySlot: false,
    nowIndicator: false,
    slotDuration: "00:30",
    slotHeight: 28,
    scrollTime: `${two(Math.max(0, Number(place.dataset.now.slice(11, 13)) - 3))}:00:00`,
    dayMaxEvents: true,
    slotEventOverlap: false,
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventDurationEditable: false,
    noEventsContent: "Nothing in this week.",
    eventSources: [{ events: load }],
    eventContent: content,
    eventDragStart: () => {
      dragging = true;
    },
    eventDragStop: () => {
      dragging = false;
      if (changed) calendar.refetchEvents();
      changed = false;
    },
    eventDrop: move,
    eventClick: (info) => location.assign(info.event.extendedProps.page),
    dateClick: (info) => location.assign(`/write?at=${local(info.date)}`),
  });
  document.addEventListener("xbot:changed", (event) => {
    if (!event.detail.includes("posts")) return;
    if (dragging) changed = true;
    else calendar.refetchEvents();
  });
});
