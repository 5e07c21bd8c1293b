// The keys of the Inbox. They click what a hand would click, so that they can do nothing that the page cannot.
"use strict";

(() => {
  const NAME = "xbot-keys";
  let place = 0;

  const cards = () => [...document.querySelectorAll("#live .decide")];
  const current = () => document.activeElement?.closest?.(".decide");
  const typing = () => document.activeElement?.matches?.("input, textarea, select, [contenteditable]");

  const go = (to) => {
    const all = cards();
    if (all.length === 0) return;
    place = Math.min(Math.max(to, 0), all.length - 1);
    all[place].focus();
    all[place].scrollIntoView({ block: "nearest" });
  };

  const step = (by) => go(current() ? cards().indexOf(current()) + by : 0);

  const open = (name) => {
    const card = current() || cards()[0];
    const part = card?.querySelector(`details.${name}`);
    if (!part) return;
    part.open = true;
    part.querySelector("textarea, input:not([type=hidden])")?.focus();
  };

  const click = (what) => {
    const card = current();
    if (!card) return go(0);
    place = cards().indexOf(card);
    card.querySelector(what)?.click();
  };

  const shut = () => {
    const part = document.activeElement?.closest?.("details[open]");
    if (!part) return;
    part.open = false;
    part.closest(".decide")?.focus();
  };

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    a: () => click("form[action$='/approve'] button"),
    e: () => open("edit"),
    t: () => open("time"),
    r: () => open("reject"),
    c: () => click("button[data-copy]"),
    o: () => click("a.on-x"),
    p: () => open("posted"),
    d: () => click("form.dismiss button"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return shut();
    if (!document.getElementById("use-keys").checked || typing()) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // After a decision the next card is where the last one was.
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig;
    if (asked && asked.verb === "post" && !document.querySelector("#live [role=alert]")) go(place);
  });
  document.addEventListener("focusin", () => {
    if (current()) place = cards().indexOf(current());
  });

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.getElementById("use-keys");
    box.checked = localStorage.getItem(NAME) !== "off";
    box.addEventListener("change", () => localStorage.setItem(NAME, box.checked ? "on" : "off"));
  });
})();
