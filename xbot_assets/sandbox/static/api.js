// Talks to the site's GraphQL, with X's operation names, and keeps the page's clock on sandbox time.
import { state } from './dom.js';

const QUERY_IDS = {};
const clock = { sandbox: Date.parse(state.now), page: performance.now() };

export const now = () => new Date(clock.sandbox + (performance.now() - clock.page) * state.rate);

export class Refused extends Error {
  constructor(status, errors) {
    super(errors[0]?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = errors[0]?.code ?? 0;
  }
}

const cookie = (name) => document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);

// Query ids look random and mean nothing, as on X.
const queryId = (operation) => {
  QUERY_IDS[operation] ??= btoa(`${operation}-sandbox-query`).replace(/[^A-Za-z0-9]/g, '').padEnd(22, '0').slice(0, 22);
  return QUERY_IDS[operation];
};

const answer = async (response) => {
  const body = await response.text();
  if (response.headers.has('x-sandbox-now')) {
    clock.sandbox = Date.parse(response.headers.get('x-sandbox-now'));
    clock.page = performance.now();
  }
  let parsed = {};
  try {
    parsed = JSON.parse(body);
  } catch {
    // X answers some refusals in plain text.
  }
  if (!response.ok) throw new Refused(response.status, parsed.errors ?? []);
  return parsed;
};

const headers = () => ({ 'x-csrf-token': cookie('ct0') ?? '', 'x-twitter-active-user': 'yes' });
const path = (operation) => `/i/api/graphql/${queryId(operation)}/${operation}`;

export const query = async (operation, variables) => {
  const parameters = new URLSearchParams({ variables: JSON.stringify(variables), features: '{}' });
  const parsed = await answer(await fetch(`${path(operation)}?${parameters}`, { headers: headers() }));
  if (parsed.errors?.length && !Object.keys(parsed.data ?? {}).length) throw new Refused(200, parsed.errors);
  return parsed.data;
};

export const mutate = async (operation, variables) => {
  const body = JSON.stringify({ variables, features: {}, queryId: queryId(operation) });
  const init = { method: 'POST', body, headers: { ...headers(), 'content-type': 'application/json' } };
  const parsed = await answer(await fetch(path(operation), init));
  if (parsed.errors?.length) throw new Refused(200, parsed.errors);
  return parsed.data;
};

export const post = async (url, body, type = 'application/json') => {
  const init = { method: 'POST', headers: { ...headers(), 'content-type': type } };
  return answer(await fetch(url, { ...init, body: type === 'application/json' ? JSON.stringify(body) : body }));
};

export const get = async (url) => answer(await fetch(url, { headers: headers() }));
