// Builds elements. Text always becomes a text node, never markup.
export const state = JSON.parse(document.getElementById('initial-state').textContent);

const SVG = 'http://www.w3.org/2000/svg';
let lastId = 0;

// A test id as the page carries it; the "changed markup" fault renames all of them.
export const tid = (name) => (state.changedMarkup ? `next-${name}` : name);

export const uid = () => `id__${(++lastId).toString(36)}${Math.random().toString(36).slice(2, 10)}`;

const set = (node, name, value) => {
  if (value === false || value === null || value === undefined) return;
  if (name === 'on') for (const [type, handler] of Object.entries(value)) node.addEventListener(type, handler);
  else if (name === 'tid') node.setAttribute('data-testid', tid(value));
  else if (name === 'style') node.style.cssText = value;
  else node.setAttribute(name, value === true ? '' : value);
};

const build = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

export const h = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);
export const div = (attributes, ...children) => h('div', attributes, ...children);
export const span = (text, attributes) => h('span', attributes, text);

// X wraps most visible text in two spans.
export const words = (text, attributes) => h('span', attributes, span(text));

export const find = (name, root = document) => root.querySelector(`[data-testid="${tid(name)}"]`);

const ICONS = {
  reply: 'M4 5h16v11H11l-5 4v-4H4z',
  repost: 'M4 9l3-4 3 4M7 6v11h7M20 15l-3 4-3-4M17 18V7h-7',
  like: 'M12 20C5 15 3 12 3 8.6 3 6 5 4.5 7.2 4.5c2 0 3.700 1.200 4.800 3 1.100-1.800 2.800-3 4.800-3C19 4.500 21 6 21 8.600c0 3.400-2 6.400-9 11.400z',
  bookmark: 'M6 4h12v16l-6-5-6 5z',
  views: 'M5 20v-7M10 20V5M15 20v-10M20 20V8',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v7h14v-7',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  explore: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16.500 16.500L21 21',
  notifications: 'M6 17V11a6 6 0 0112 0v6l2 1H4zM10 21h4',
  chat: 'M4 6h16v12H4zM4 7l8 6 8-6',
  profile: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4 21c1-5 4-7 8-7s7 2 8 7',
  back: 'M20 12H4M10 6l-6 6 6 6',
  next: 'M4 12h16M14 6l6 6-6 6',
  close: 'M5 5l14 14M19 5L5 19',
  verified: 'M12 2l2.500 2.300 3.400-.4.900 3.300 2.900 1.800-1.300 3.100 1.300 3.100-2.900 1.800-.9 3.300-3.400-.4L12 22l-2.500-2.300-3.400.4-.9-3.300-2.900-1.800 1.300-3.100-1.300-3.100 2.900-1.800.900-3.300 3.400.400zM8 12l3 3 5-6',
  pin: 'M7 4.5C7 3.12 8 3 9 3h6c1 0 2 .12 2 1.500l-2 4 3 3.500v3H6v-3L9 8.500zM12 15v6',
  media: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4',
  play: 'M8 5l11 7-11 7z',
  place: 'M12 21c-5-6-7-8-7-12a7 7 0 0114 0c0 4-2 6-7 12zM12 7a2.500 2.500 0 100 5 2.500 2.500 0 000-5z',
  link: 'M10 14a4 4 0 006 0l3-3a4 4 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4 4 0 006 6l1-1',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  plus: 'M12 5v14M5 12h14',
};

export const icon = (name, attributes = { 'aria-hidden': 'true' }) => {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  const group = document.createElementNS(SVG, 'g');
  group.append(path);
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: `icon icon-${name}`, ...attributes })) {
    set(svg, key, value);
  }
  svg.append(group);
  return svg;
};
