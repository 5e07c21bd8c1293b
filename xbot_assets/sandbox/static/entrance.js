// Pages without the frame: the login dialog, and the page of a locked account.
import { post, Refused } from './api.js';
import { div, h, icon, state, words } from './dom.js';
import { toast } from './frame.js';
import { go } from './router.js';

const TASK = '/i/api/1.1/onboarding/task.json';

const dialog = (title, ...content) => {
  const close = h('button', { 'aria-label': 'Close', role: 'button', tid: 'app-bar-close', type: 'button', class: 'round', on: { click: () => go('/') } }, icon('close'));
  const heading = h('h1', { id: 'modal-header', 'aria-level': '1', role: 'heading', tid: 'ocfSettingsListPrimaryText' }, words(title));
  const box = div({ 'aria-labelledby': 'modal-header', 'aria-modal': 'true', role: 'dialog', class: 'dialog login' }, close, heading, content);
  document.getElementById('layers').replaceChildren(div({ class: 'layer' }, div({ tid: 'mask', class: 'mask' }), box));
  return box;
};

const field = (label, attributes) => {
  const input = h('input', { autocapitalize: 'none', autocorrect: 'off', spellcheck: 'false', dir: 'auto', required: true, ...attributes });
  return [h('label', { class: 'field' }, div({}, words(label)), input), input];
};

const refused = (error) => toast(error instanceof Refused && error.code ? error.message : 'Could not log you in now. Please try again later.');

const passwordStep = (identifier) => {
  const [label, input] = field('Password', { type: 'password', name: 'password', autocomplete: 'current-password' });
  const button = h('button', { role: 'button', type: 'button', tid: 'LoginForm_Login_Button', 'aria-disabled': 'true', disabled: true, class: 'pill dark wide' }, words('Log in'));
  input.addEventListener('input', () => {
    button.disabled = !input.value;
    if (input.value) button.removeAttribute('aria-disabled');
    else button.setAttribute('aria-disabled', 'true');
  });
  const enter = async () => {
    try {
      await post(TASK, { subtask: 'LoginEnterPassword', identifier, password: input.value });
      location.assign(new URLSearchParams(location.search).get('redirect_after_login')?.match(/^\/(?!\/).*/)?.[0] ?? '/home');
    } catch (error) {
      refused(error);
    }
  };
  button.addEventListener('click', enter);
  input.addEventListener('keydown', (event) => event.key === 'Enter' && input.value && enter());
  dialog('Enter your password', h('label', { class: 'field' }, div({}, words('Username')), h('input', { value: identifier, disabled: true })), label, button);
  input.focus();
};

export const login = () => {
  document.title = 'Log in to Sandbox / Sandbox';
  document.getElementById('react-root').replaceChildren(div({ class: 'app entrance' }));
  const [label, input] = field('Phone, email, or username', { type: 'text', name: 'text', autocomplete: 'username' });
  const next = async () => {
    const identifier = input.value.trim().replace(/^@/, '');
    if (!identifier) return;
    try {
      await post(TASK, { subtask: 'LoginEnterUserIdentifierSSO', identifier });
      passwordStep(identifier);
    } catch (error) {
      refused(error);
    }
  };
  input.addEventListener('keydown', (event) => event.key === 'Enter' && next());
  const plain = (text, on) => h('button', { role: 'button', type: 'button', class: 'pill wide', on }, words(text));
  dialog(
    'Sign in to X',
    div({ tid: 'google_sign_in_container', class: 'sign-in' }, words('Other ways to sign in are closed in the sandbox')),
    h('button', { type: 'button', tid: 'apple_sign_in_button', disabled: true, class: 'pill wide' }, words('Sign in another way')),
    label,
    h('button', { role: 'button', type: 'button', class: 'pill dark wide', on: { click: next } }, words('Next')),
    plain('Forgot password?', { click: () => toast('Any password opens a sandbox account.') }),
    div({ class: 'small' }, 'Don’t have an account? ', h('button', { type: 'button', class: 'plain', on: { click: () => toast('Accounts are made over the control endpoint.') } }, words('Sign up'))),
  );
};

export const access = () => {
  document.title = 'Sandbox';
  const text = 'Your account has been locked';
  const more = 'We noticed unusual activity on this account. In the sandbox, only the control endpoint can unlock it.';
  const box = div({ class: 'access' }, h('div', { class: 'PageHeader' }, text), h('p', {}, more), h('button', { type: 'button', class: 'pill dark' }, words('Start')));
  document.getElementById('react-root').replaceChildren(div({ class: 'app entrance' }, box));
  document.getElementById('layers').replaceChildren();
};

export const needsLogin = () => {
  if (state.handle) return false;
  location.assign(`/i/flow/login?redirect_after_login=${encodeURIComponent(location.pathname)}`);
  return true;
};
