// Dialogs, menus, toasts and the lightbox.
import { post } from './api.js';
import { avatar, el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { memberIds, state } from './store.js';

const MANY = 8; // more than this many choices get a search field

export function toast(text, kind = '', host = document.getElementById('toasts')) {
  const node = el(`div.toast${kind ? `.${kind}` : ''}`, {}, text);
  host.append(node);
  setTimeout(() => node.classList.add('leaving'), 4200);
  setTimeout(() => node.remove(), 4600);
}

export const fail = (error) => toast(error.message ?? String(error), 'error');

/** A modal dialog; resolves with what `close(value)` was given, or null. */
export function dialog(title, build, className = '') {
  return new Promise((resolve) => {
    let answer = null;
    const node = el(`dialog.dialog${className}`, { 'aria-label': title });
    const close = (value = null) => {
      answer = value;
      node.close();
    };
    node.append(el('header', {}, el('h2', {}, title), iconButton('close', 'close', () => close())), build(close));
    node.addEventListener('click', (event) => event.target === node && close());
    node.addEventListener('close', () => {
      node.remove();
      resolve(answer);
    });
    document.body.append(node);
    node.showModal();
    node.querySelector('[autofocus]')?.focus();
  });
}

/** A callback answer with show_alert. */
export function alertDialog(text) {
  return dialog(
    state.bots[0]?.name ?? '',
    (close) =>
      el('div.body', {}, el('p.alert-text', {}, text), el('footer', {}, el('button.primary', { autofocus: true, onclick: () => close() }, t('ok')))),
    '.alert',
  );
}

function form(fields, submitKey, onsubmit, close) {
  const submit = async (event) => {
    event.preventDefault();
    try {
      await onsubmit(new FormData(event.target));
      close(true);
    } catch (error) {
      fail(error);
    }
  };
  return el(
    'form.body',
    { onsubmit: submit },
    ...fields.flat(),
    el('footer', {}, el('button.quiet', { onclick: () => close() }, t('cancel')), el('button.primary', { type: 'submit' }, t(submitKey))),
  );
}

const field = (label, input) => el('label.field', {}, el('span', {}, label), input);

export function addPerson() {
  let made = null;
  return dialog(t('addPerson'), (close) => {
    const languages = el('select', { name: 'language' }, el('option', { value: 'zh-hans' }, '中文 (zh-hans)'), el('option', { value: 'en' }, 'English (en)'));
    const fields = [
      field(t('name'), el('input', { name: 'name', required: true, maxlength: 64, autofocus: true, autocomplete: 'off' })),
      field(t('about'), el('input', { name: 'about', maxlength: 80, autocomplete: 'off' })),
      field(t('telegramLanguage'), languages),
    ];
    const save = async (data) => {
      const about = data.get('about').trim();
      made = await post('people', { name: data.get('name').trim(), language_code: data.get('language'), ...(about && { about }) });
    };
    return form(fields, 'add', save, close);
  }).then(() => made);
}

function memberBoxes(chosen) {
  const row = (one, kind) =>
    el(
      'label.choice',
      {},
      el('input', { type: 'checkbox', name: 'member', value: String(one.id), checked: chosen.includes(one.id) }),
      avatar(one.id, one.name, kind),
      el('span', {}, one.name, one.about ? el('small', {}, one.about) : null),
    );
  return filtered([...state.bots.map((one) => row(one, 'bot')), ...state.people.map((one) => row(one, ''))], t('whoIsIn'));
}

/** A list to choose from; a long one can be searched. */
function filtered(rows, label) {
  const list = el('div.choices', { role: 'group', 'aria-label': label }, ...rows);
  if (rows.length <= MANY) return list;
  const narrow = (event) => {
    const words = event.target.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
  };
  return [el('input.filter', { type: 'search', ph: 'search', label: 'search', oninput: narrow }), list];
}

const picked = (data) => data.getAll('member').map(Number);

export function addGroup() {
  let made = null;
  return dialog(t('addGroup'), (close) => {
    const fields = [
      field(t('title'), el('input', { name: 'title', required: true, maxlength: 128, autofocus: true, autocomplete: 'off' })),
      memberBoxes(state.bots.map((one) => one.id)),
    ];
    const save = async (data) => {
      made = await post('groups', { title: data.get('title').trim(), members: picked(data) });
    };
    return form(fields, 'add', save, close);
  }).then(() => made);
}

export function manageMembers(group) {
  const before = memberIds(group);
  return dialog(`${group.title} · ${t('whoIsIn')}`, (close) => {
    const save = async (data) => {
      const after = picked(data);
      const add = after.filter((id) => !before.includes(id));
      const remove = before.filter((id) => !after.includes(id));
      if (add.length || remove.length) await post('groups/members', { chat: group.id, add, remove });
    };
    return form([memberBoxes(before)], 'save', save, close);
  });
}

/** Chooses one of `options` ({value, name, id, note}); the first is offered first. */
export function choose(title, options, note = '') {
  return dialog(title, (close) =>
    el(
      'div.body',
      {},
      note ? el('p.note', {}, note) : null,
      filtered(
        options.map((one, index) =>
          el(
            'button.choice',
            { onclick: () => close(one.value), autofocus: index === 0 },
            avatar(one.id, one.name, one.kind ?? ''),
            el('span', {}, one.label ?? one.name, one.note ? el('small', {}, one.note) : null),
          ),
        ),
        title,
      ),
    ),
  );
}

/** A small menu at `anchor`; items are {icon, text, action, danger?, key?}. */
export function popupMenu(anchor, items, label) {
  document.querySelector('.popup')?.remove();
  const close = () => {
    node.remove();
    document.removeEventListener('pointerdown', outside, true);
    anchor.setAttribute?.('aria-expanded', 'false');
  };
  const outside = (event) => !node.contains(event.target) && close();
  const button = (item) =>
    el(
      `button.popup-item${item.danger ? '.danger' : ''}`,
      {
        role: 'menuitem',
        onclick: () => {
          close();
          item.action();
        },
      },
      item.icon ? icon(item.icon) : null,
      el('span', {}, item.text, item.note ? el('small', {}, item.note) : null),
    );
  const node = el('div.popup', { role: 'menu', 'aria-label': label }, ...items.map(button));
  node.addEventListener('keydown', (event) => menuKeys(event, node, anchor, close));
  document.body.append(node);
  place(node, anchor.getBoundingClientRect());
  anchor.setAttribute?.('aria-expanded', 'true');
  document.addEventListener('pointerdown', outside, true);
  node.querySelector('button')?.focus();
}

function menuKeys(event, node, anchor, close) {
  const items = [...node.querySelectorAll('button')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }
  if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault();
    close();
    anchor.focus?.();
  }
}

function place(node, box) {
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.min(Math.max(8, box.left), innerWidth - width - 8);
  const below = box.bottom + 6;
  const top = below + height > innerHeight - 8 ? Math.max(8, box.top - height - 6) : below;
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}

export function lightbox(url, caption) {
  return dialog(
    t('lightbox'),
    (close) =>
      el('figure', { onclick: () => close() }, el('img', { src: url, alt: caption || t('lightbox') }), caption ? el('figcaption', {}, caption) : null),
    '.lightbox',
  );
}

/** "Open this link as whom?": the person in whose pane it was pressed comes first. */
export async function chooseOpener(current, link) {
  const rest = state.people.filter((one) => one.id !== current?.id);
  const options = [current, ...rest].filter(Boolean).map((one) => ({
    value: one.id,
    id: one.id,
    name: one.name,
    label: one === current ? t('openAsMe', { name: one.name }) : one.name,
    note: one.about,
  }));
  const note = `@${link.username}${link.payload ? ` · ${t('payload', { payload: link.payload })}` : ''}`;
  return choose(t('openAs'), options, note);
}

