// Puts a draft on the clipboard, and then sends the form that notes it. What could not be copied is selected, and not noted.
"use strict";

(() => {
  const select = (part) => {
    const range = document.createRange();
    range.selectNodeContents(part);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // A page that was opened from another machine without TLS has no clipboard of its own; browsers still copy what is selected.
  const copied = async (part) => {
    try {
      await navigator.clipboard.writeText(part.textContent);
      return true;
    } catch {
      select(part);
      return document.execCommand("copy");
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-copy]");
    if (!button) return;
    event.preventDefault();
    const name = button.dataset.copy;
    // The part may have been asked for again meanwhile: the button that is there now sends its form.
    const there = () => document.querySelector(`button[data-copy="${CSS.escape(name)}"]`);
    if (await copied(document.getElementById(name))) there()?.form.requestSubmit();
    else document.getElementById("said").textContent = "This browser lets no page copy. The draft is selected: copy it yourself.";
  });
})();
