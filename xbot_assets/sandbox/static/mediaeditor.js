// The dialog of a post's images, as its alternative texts need it: one image at a time, kept on Save for all of them.
// The address changes while it is open, and nothing is loaded: it stands over the composer it belongs to.
import { div, h, icon, state, words } from './dom.js';
import { t } from './labels.js';

const PLACE = '/compose/post/media';
const MOST = 1000;
const TAUGHT = 'alt-text-explained';

// Shown once to everybody who opens the dialog for the first time in this browser.
const explain = () => {
  if (localStorage.getItem(TAUGHT) && !state.altExplainedAgain) return;
  localStorage.setItem(TAUGHT, 'yes');
  const close = () => sheet.remove();
  const understood = h('button', { type: 'button', tid: 'altTextEducationSheetPrimaryAction', class: 'pill dark', on: { click: close } }, words('Sure'));
  const box = div({ role: 'alertdialog', 'aria-modal': 'true', class: 'sheet' }, h('h1', {}, 'Describe your images'), h('p', {}, 'People who cannot see an image hear these words instead.'), understood);
  const sheet = div({ class: 'layer top' }, div({ class: 'mask' }), box);
  document.getElementById('layers').append(sheet);
};

const turner = (label, image, action) => h('button', { 'aria-label': label, role: 'button', type: 'button', class: 'round outlined', on: { click: action } }, icon(image));

export const editMedia = (items, onSaved) => {
  const texts = items.map((item) => item.alt);
  const before = location.pathname + location.search;
  let at = 0;
  const input = h('textarea', { name: 'altTextInput', tid: 'altTextInput', 'aria-label': 'Image description', maxlength: MOST, rows: 3 });
  input.addEventListener('input', () => (texts[at] = input.value));
  const image = h('img', { alt: '', class: 'edited' });
  const turn = (by) => {
    at += by;
    image.src = items[at].url;
    input.value = texts[at];
    [previous.disabled, next.disabled] = [at === 0, at === items.length - 1];
    input.focus();
  };
  const close = () => {
    layer.remove();
    history.replaceState(history.state, '', before);
  };
  const save = () => {
    if (!state.altLost) items.forEach((item, index) => (item.alt = texts[index]));
    close();
    onSaved();
  };
  const previous = turner('View previous', 'back', () => turn(-1));
  const next = turner('View next', 'next', () => turn(1));
  const done = h('button', { role: 'button', type: 'button', tid: 'endEditingButton', class: 'pill dark', on: { click: save } }, words('Save'));
  const right = div({ class: 'tool-end' }, items.length > 1 && div({ class: 'tool-end' }, previous, next), done);
  const leave = h('button', { 'aria-label': t.back, role: 'button', tid: 'app-bar-back', type: 'button', class: 'round', on: { click: close } }, icon('back'));
  const head = div({ class: 'dialog-bar edit-bar' }, leave, h('h2', { id: 'media-header' }, 'Edit description'), right);
  const dialog = div({ 'aria-labelledby': 'media-header', 'aria-modal': 'true', role: 'dialog', class: 'dialog' }, head, image, h('label', { class: 'field' }, div({}, words('Description')), input));
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && (event.stopPropagation(), close()));
  const layer = div({ class: 'layer top' }, div({ class: 'mask' }), dialog);
  document.getElementById('layers').append(layer);
  history.replaceState(history.state, '', PLACE);
  turn(0);
  explain();
};
