// An editor that keeps its own text, as Draft.js does: the document only shows it. What a program writes into the
// document (value, textContent, execCommand, synthetic events) is not seen; only what the browser itself reports as
// typed, pasted or deleted counts.
import { div, h, span, tid } from './dom.js';
import { Suggestions } from './suggestions.js';

const key = () => Math.random().toString(36).slice(2, 7);

export class Editor {
  constructor({ index, label, placeholder, onChange }) {
    this.text = '';
    this.onChange = onChange;
    const name = `tweetTextarea_${index}`;
    this.id = key();
    this.hint = div({ class: 'public-DraftEditorPlaceholder-inner', id: `placeholder-${this.id}` }, placeholder);
    this.content = div({
      'aria-autocomplete': 'list', 'aria-describedby': `placeholder-${this.id}`, 'aria-label': label, 'aria-multiline': 'true', contenteditable: 'true',
      tid: name, role: 'textbox', spellcheck: 'true', tabindex: '0', class: 'public-DraftEditor-content',
      style: 'outline: none; user-select: text; white-space: pre-wrap; overflow-wrap: break-word;',
    });
    const editor = div({ class: 'DraftEditor-root' }, div({ class: 'public-DraftEditorPlaceholder-root' }, this.hint), div({ class: 'DraftEditor-editorContainer' }, this.content));
    this.suggestions = new Suggestions(this);
    this.element = div({ 'data-testid': tid(`${name}_label`), class: 'editor' }, div({ 'data-testid': tid(`${name}RichTextInputContainer`) }, editor), this.suggestions.element);
    this.content.addEventListener('beforeinput', (event) => this.input(event));
    this.content.addEventListener('compositionstart', () => (this.composing = this.selection()));
    this.content.addEventListener('compositionend', (event) => this.composed(event));
    this.content.addEventListener('drop', (event) => event.preventDefault());
    this.draw();
  }

  focus() {
    this.content.focus();
    this.caret(this.text.length);
  }

  set(text) {
    this.text = text;
    this.draw();
    this.onChange();
  }

  input(event) {
    if (event.inputType === 'insertCompositionText') return;
    event.preventDefault();
    if (!event.isTrusted) return;
    const [start, end] = this.target(event);
    if (event.inputType.startsWith('delete')) this.change(start, end, '');
    else if (event.inputType === 'insertParagraph' || event.inputType === 'insertLineBreak') this.change(start, end, '\n');
    else if (['insertText', 'insertReplacementText', 'insertFromPaste'].includes(event.inputType)) {
      const typed = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
      this.change(start, end, typed.replace(/\r\n?/g, '\n'));
    }
  }

  composed(event) {
    const [start, end] = this.composing ?? this.selection();
    this.composing = null;
    if (event.isTrusted) this.change(start, end, event.data);
  }

  change(start, end, inserted) {
    this.text = this.text.slice(0, start) + inserted + this.text.slice(end);
    this.draw();
    this.caret(start + inserted.length);
    this.suggestions.update();
    this.onChange();
  }

  draw() {
    const lines = this.text.split('\n').map((line) => {
      const offset = `${key()}-0-0`;
      const leaf = line ? span(line, { 'data-text': 'true' }) : h('br', { 'data-text': 'true' });
      const inner = div({ 'data-offset-key': offset, class: 'public-DraftStyleDefault-block public-DraftStyleDefault-ltr' }, h('span', { 'data-offset-key': offset }, leaf));
      return div({ 'data-block': 'true', 'data-editor': this.id, 'data-offset-key': offset }, inner);
    });
    this.content.replaceChildren(div({ 'data-contents': 'true' }, lines));
    this.hint.hidden = this.text !== '';
  }

  // Where a change applies, as offsets into the text.
  target(event) {
    const range = event.getTargetRanges()[0];
    if (!range) return this.selection();
    const ends = [this.offset(range.startContainer, range.startOffset), this.offset(range.endContainer, range.endOffset)];
    return ends.sort((a, b) => a - b);
  }

  selection() {
    const chosen = getSelection();
    if (!chosen.rangeCount || !this.content.contains(chosen.anchorNode)) return [this.text.length, this.text.length];
    const range = chosen.getRangeAt(0);
    return [this.offset(range.startContainer, range.startOffset), this.offset(range.endContainer, range.endOffset)];
  }

  offset(node, at) {
    const blocks = [...this.content.querySelectorAll('[data-block]')];
    const before = (count) => this.text.split('\n').slice(0, count).reduce((sum, line) => sum + line.length + 1, 0);
    const place = blocks.findIndex((block) => block.contains(node));
    if (place < 0) {
      const count = node === this.content ? (at ? blocks.length : 0) : node.parentNode === this.content ? at : blocks.length;
      return Math.min(before(count), this.text.length);
    }
    const range = document.createRange();
    range.setStart(blocks[place], 0);
    range.setEnd(node, at);
    return Math.min(before(place) + range.toString().length, this.text.length);
  }

  caret(at) {
    const lines = this.text.slice(0, at).split('\n');
    const block = this.content.querySelectorAll('[data-block]')[lines.length - 1];
    const leaf = block.querySelector('[data-text]');
    const range = document.createRange();
    if (leaf.firstChild) range.setStart(leaf.firstChild, lines.at(-1).length);
    else range.setStart(leaf.parentNode, 0);
    const chosen = getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }
}
