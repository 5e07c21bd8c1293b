// Adds a box to a thread. Without scripts the page asks for a number of boxes instead.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const segments = document.getElementById("segments");
  const more = document.getElementById("more");
  const most = Number(segments.dataset.most);

  const number = () =>
    segments.querySelectorAll(".segment").forEach((segment, place, all) => {
      segment.querySelector(".name").textContent = all.length === 1 ? "Text" : `Text ${place + 1}`;
    });

  const add = () => {
    const all = segments.querySelectorAll(".segment");
    const box = all[all.length - 1].cloneNode(true);
    const [area, counted] = [box.querySelector("textarea"), box.querySelector(".counted")];
    area.value = "";
    area.required = false;
    counted.id = area.dataset.count = `counted-${all.length + 1}`;
    counted.textContent = counted.textContent.replace(/^\d+/, "0");
    counted.classList.remove("over");
    segments.append(box);
    number();
    area.focus();
    more.hidden = all.length + 1 >= most;
  };

  more.hidden = segments.children.length >= most;
  more.addEventListener("click", add);
});
