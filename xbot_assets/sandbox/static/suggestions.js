// The list that a hashtag or a name being written opens below the editor, as on X: Enter takes the first entry, Escape
// closes it until the next change, and it lies over whatever stands there.
import { div, h, state, words } from './dom.js';

const BEING_WRITTEN = /(?:^|[^\p{L}\p{N}_&/])([#＃@＠$])([\p{L}\p{N}_]+)$/u;
const LATE_MS = 700;
const NAMES = ['garden', 'science', 'weekend'];

export class Suggestions {
  constructor(editor) {
    this.editor = editor;
    this.list = null;
    this.element = div({ class: 'suggestions' });
    // Before the dialog hears it: an Escape that closed the list does not close the dialog too.
    editor.content.addEventListener('keydown', (event) => this.key(event), true);
  }

  update() {
    this.close();
    clearTimeout(this.due);
    if (state.suggestions === 'off') return;
    const match = this.editor.text.slice(0, this.editor.selection()[1]).match(BEING_WRITTEN);
    if (!match) return;
    this.due = setTimeout(() => this.open(match), state.suggestions === 'late' ? LATE_MS : 0);
  }

  open([, sign, begun]) {
    const choose = (name) => this.take(begun, name);
    const entries = NAMES.map((name) => `${begun}${name}`).map((name) => div({ role: 'option', tid: 'typeaheadResult', class: 'suggestion', on: { click: () => choose(name) } }, words(`${sign}${name}`)));
    this.choose = () => choose(`${begun}${NAMES[0]}`);
    this.list = div({ role: 'listbox', id: 'typeaheadDropdown-1', class: 'suggestion-list' }, entries);
    this.element.replaceChildren(this.list);
  }

  close() {
    this.list?.remove();
    this.list = null;
  }

  take(begun, name) {
    const [, end] = this.editor.selection();
    this.editor.change(end - begun.length, end, `${name} `);
  }

  key(event) {
    if (!this.list || !['Escape', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') this.choose();
    else if (state.suggestions !== 'stuck') this.close();
  }
}
