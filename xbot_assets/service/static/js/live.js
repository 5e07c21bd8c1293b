// Follows what happens: the server says what has changed, and the part of the page that shows it is asked for again.
// The stream is only open while somebody looks: a browser has six connections to one server, and every open tab would
// keep one of them for ever.
"use strict";

(() => {
  let stream = null;
  let decisions = 0; // what was asked for before a decision shows what was before it
  let asked = 0;
  let held = null; // where the focus was when the part was swapped

  const region = () => document.getElementById("live");

  const isBusy = (part) =>
    part.hasAttribute("data-live-careful") &&
    (part.querySelector("details[open]") !== null ||
      (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button")));

  // What has the focus has it again when its part was asked for again: a card by its number, a link by where it leads.
  const placeOf = (element) => {
    if (element?.id) return `#${CSS.escape(element.id)}`;
    const link = element?.getAttribute("href");
    return link ? `a[href="${CSS.escape(link)}"]` : null;
  };

  const refresh = () => {
    // Asked for by an element of its own, so that what was said of a decision stays.
    const whole = { target: "#live", select: "#live", swap: "outerHTML show:none", source: "#follower" };
    asked = decisions;
    htmx.ajax("GET", location.pathname + location.search, whole);
  };

  const offer = (part) => {
    if (document.getElementById("stale")) return;
    const button = document.createElement("button");
    button.id = "stale";
    button.type = "button";
    button.className = "stale";
    button.textContent = "Something has changed: show it";
    button.addEventListener("click", () => {
      button.remove();
      region().querySelectorAll("details[open]").forEach((part) => { part.open = false; });
      refresh();
    });
    part.before(button);
  };

  const changed = (event) => {
    const part = region();
    const topics = JSON.parse(event.data);
    document.dispatchEvent(new CustomEvent("xbot:changed", { detail: topics }));
    if (!part || !topics.some((topic) => (part.dataset.live || "").split(" ").includes(topic))) return;
    if (isBusy(part)) offer(part);
    else refresh();
  };

  // What happened while no stream was open is told by nobody, so the part is asked for again when one opens.
  const opened = () => {
    document.body.dataset.stream = "open";
    if (region() && !isBusy(region())) refresh();
  };

  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource("/events");
    stream.addEventListener("open", opened);
    stream.addEventListener("changed", changed);
  };

  const close = () => {
    if (stream) stream.close();
    stream = null;
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  window.addEventListener("pagehide", close);
  // Whose session has ended is led to the login by loading the page again.
  document.addEventListener("htmx:responseError", (event) => {
    if ([401, 403].includes(event.detail.xhr.status)) location.reload();
  });
  // Somebody may have begun to write while news was on its way.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, xhr } = event.detail;
    if (target !== region() || requestConfig.verb !== "get" || xhr.status >= 400) return;
    if (asked !== decisions) event.detail.shouldSwap = false;
    else if (isBusy(target)) {
      event.detail.shouldSwap = false;
      offer(target);
    } else held = placeOf(target.contains(document.activeElement) ? document.activeElement : null);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") decisions += 1;
  });
  // At once: a key pressed a moment later finds the focus where it was.
  document.addEventListener("htmx:afterSwap", () => {
    document.getElementById("stale")?.remove();
    if (held) region()?.querySelector(held)?.focus({ preventScroll: true });
    held = null;
  });
  if (document.readyState === "complete") open();
  else window.addEventListener("load", open);
})();
