/* Waits inside the page until it shows what request.want names, or a state in which it never will, request.milliseconds
   at most: (request, x) => {late, page}, where x is the function of x.js and page is what it reads of that same moment.

   A look costs a few milliseconds of the page's time. The page is looked at when it has changed, a moment later, so that
   what draws it has drawn all of it; and now and then, because style sheets change what shows and not the page. */
async (request, x) => {
  const DRAWN_MS = 5;
  const IDLE_MS = 50;
  const changed = () =>
    new Promise((resolve) => {
      const done = () => {
        observer.disconnect();
        clearTimeout(idle);
        setTimeout(resolve, DRAWN_MS);
      };
      const observer = new MutationObserver(done);
      const idle = setTimeout(done, IDLE_MS);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });

  const there = () => x({ what: "loaded", want: request.want });
  const end = performance.now() + request.milliseconds;
  let late = !there();
  while (late && performance.now() < end) {
    await changed();
    late = !there();
  }
  return { late, page: x({ what: "read", scroll: 0 }) };
};
