// Numbers and times as X writes them: cut, never rounded.
import { now } from './api.js';
import { state } from './dom.js';

const UNITS = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
];

// X's Arabic has Arabic digits, its Hindi Western ones.
const LOCALE = { ar: 'ar-EG', hi: 'hi-IN' }[state.locale] ?? state.locale;
const plain = new Intl.NumberFormat(LOCALE, { useGrouping: false });

// A count in a label: whole, and without groups.
export const number = (count) => (state.locale === 'en' ? String(count) : plain.format(count));

const local = (count, fine) => {
  const digits = fine || count < 10000 ? 1 : 0;
  return new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: digits, roundingMode: 'trunc' }).format(count);
};

// 1679 -> 1.6K, 10426 -> 10K; `fine` keeps the decimal above 10K, as profiles and focal views do.
export const compact = (count, fine = false) => {
  if (state.locale !== 'en' && count >= 1000) return local(count, fine);
  for (const [unit, letter] of UNITS) {
    if (count < unit) continue;
    const whole = Math.floor(count / unit);
    if (whole >= 10 && !fine) return `${whole}${letter}`;
    const tenth = Math.floor(count / (unit / 10)) % 10;
    return tenth ? `${whole}.${tenth}${letter}` : `${whole}${letter}`;
  }
  return String(count);
};

export const profileCount = (count) => (count === undefined ? '–' : count < 10000 ? count.toLocaleString(state.locale === 'en' ? 'en-US' : LOCALE) : compact(count, true));

const AGO = [
  [86400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

const seconds = (date) => Math.max(0, (now() - date) / 1000);
const day = (date, options) => new Intl.DateTimeFormat(state.locale, { month: 'short', day: 'numeric', ...options }).format(date);

export const shortTime = (date) => {
  const age = seconds(date);
  if (age < 60) return `${Math.floor(age)}s`;
  if (age < 3600) return `${Math.floor(age / 60)}m`;
  if (age < 86400) return `${Math.floor(age / 3600)}h`;
  return date.getFullYear() === now().getFullYear() ? day(date) : day(date, { year: 'numeric' });
};

export const longAgo = (date) => {
  const age = seconds(date);
  if (age >= 86400) return shortTime(date);
  const [unit, name] = AGO.find(([size]) => age >= size) ?? AGO.at(-1);
  const count = Math.floor(age / unit);
  if (state.locale !== 'en') return new Intl.RelativeTimeFormat(state.locale).format(-count, name);
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
};

export const focalTime = (date) => {
  const time = new Intl.DateTimeFormat(state.locale, { hour: 'numeric', minute: '2-digit' }).format(date);
  return `${time.replace(/\u202f/g, ' ')} · ${day(date, { year: 'numeric' })}`;
};

export const joined = (date) => new Intl.DateTimeFormat(state.locale, { month: 'long', year: 'numeric' }).format(date);

// 2024-10-03T14:07:42.000Z: X's times have whole seconds.
export const isoTime = (date) => `${date.toISOString().slice(0, 19)}.000Z`;
