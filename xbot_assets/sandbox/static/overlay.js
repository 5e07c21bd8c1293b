// What X lays over its page now and then, on request: a banner, a sheet, something that passes or does not go away.
import { div, h, icon, state, words } from './dom.js';
import { t } from './labels.js';

const PASSES_MS = 3000;
const OVER_PX = 8;

const SAID = 'Turn on notifications. Never miss a post from people you follow.';
const closer = (close) => h('button', { 'aria-label': t.close, role: 'button', type: 'button', class: 'round', on: { click: close } }, icon('close'));
const layers = () => document.getElementById('layers');

// A banner from just above the Post button down to the end of the page; the editor stays free.
const banner = (button, closable) => {
  const top = button.getBoundingClientRect().top - OVER_PX;
  const box = div({ role: 'region', class: 'cover', style: `top: ${top}px` }, words(SAID), closable && closer(() => box.remove()));
  layers().append(box);
  return box;
};

// A sheet over everything. `way` is what closes it: its button, Escape, or a click beside it.
const sheet = (way) => {
  const close = () => {
    removeEventListener('keydown', escape, true);
    layer.remove();
  };
  const escape = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (way === 'escape') close();
  };
  const box = div({ role: 'dialog', 'aria-modal': 'true', class: 'sheet' }, h('h1', {}, words(SAID)), way === 'button' && closer(close));
  const layer = div({ class: 'layer top' }, div({ tid: 'mask', class: 'mask', on: { click: () => way === 'beside' && close() } }), box);
  addEventListener('keydown', escape, true);
  layers().append(layer);
};

const COVERS = {
  banner: (button) => banner(button, true),
  passing: (button) => {
    const box = banner(button, false);
    setTimeout(() => box.remove(), PASSES_MS);
  },
  stuck: (button) => banner(button, false),
  sheet: () => sheet('button'),
  escape: () => sheet('escape'),
  beside: () => sheet('beside'),
  locked: () => sheet(null),
};

export const cover = (button) => COVERS[state.overlay]?.(button);
