// Moves between pages without loading a document, as X does.
const routes = [];
let current = null;

export const route = (pattern, view) => routes.push([pattern, view]);

const render = () => {
  const path = location.pathname;
  const [pattern, view] = routes.find(([shape]) => shape.test(path));
  const previous = current;
  current = view(path.match(pattern), new URLSearchParams(location.search), previous) ?? previous;
};

export const go = (url, { replace = false } = {}) => {
  history[replace ? 'replaceState' : 'pushState']({ from: location.pathname }, '', url);
  render();
};

export const back = () => (history.state?.from ? history.back() : go('/home'));

export const start = () => {
  addEventListener('popstate', render);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const internal = link.origin === location.origin && !link.target && !link.pathname.startsWith('/t/');
    if (!internal) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  render();
};
