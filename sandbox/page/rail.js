// The list on the left: people and groups, what came last, how much is unread.
import { on } from './bus.js';
import { sandboxNow } from './clock.js';
import { addGroup, addPerson, manageMembers } from './dialogs.js';
import { arrange, avatar, el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { preview } from './media.js';
import { chatOf, group, loadPeople, memberIds, paneKey, peopleIn, state, unread } from './store.js';
import { toMs, whenShort } from './time.js';

/** `panes`: {toggle(key), open(key), isOpen(key)}. */
export function startRail(root, panes) {
  const rows = new Map();
  const unfolded = new Set();
  let planned = 0;
  const search = el('input', { type: 'search', ph: 'search', label: 'search', oninput: () => draw() });
  const peopleList = el('ul', { label: 'people' });
  const groupList = el('ul', { label: 'groups' });
  const add = (key, action) => el('button.add', { label: key, onclick: action }, icon('plus'), el('span', { t: key }));

  root.setAttribute('aria-label', `${t('people')} / ${t('groups')}`);
  root.append(
    el('div.search', {}, icon('search'), search),
    el(
      'div.rail-scroll',
      {},
      el('div.rail-head', {}, el('h2', { t: 'people' }), add('addPerson', makePerson)),
      peopleList,
      el('div.rail-head', {}, el('h2', { t: 'groups' }), add('addGroup', makeGroup)),
      groupList,
    ),
  );

  async function makePerson() {
    const made = await addPerson();
    if (!made) return;
    await loadPeople();
    panes.open(paneKey(made.id));
  }

  async function makeGroup() {
    const made = await addGroup();
    if (!made) return;
    await loadPeople();
    unfolded.add(made.id);
    draw();
  }

  const wanted = (text) => !search.value.trim() || String(text).toLowerCase().includes(search.value.trim().toLowerCase());

  function draw() {
    clearTimeout(planned);
    planned = 0;
    const people = state.people.filter((one) => wanted(`${one.name} ${one.about ?? ''}`)).map(personRow);
    const groups = state.groups.filter((one) => wanted(one.title)).map(groupRow);
    arrange(peopleList, people.length ? people : [note(state.people.length ? 'noMatch' : 'noPeople', 'people')]);
    arrange(groupList, groups.length ? groups : [note(state.groups.length ? 'noMatch' : 'noGroups', 'groups')]);
    const total = state.people.reduce((sum, one) => sum + unread(paneKey(one.id)), 0);
    document.title = `${total ? `(${total}) ` : ''}本地 Telegram · Local Telegram`;
  }

  /** Hundreds of chats may change at once: the list is drawn once for all of them. */
  function soon() {
    if (!planned) planned = setTimeout(draw, 60);
  }

  const note = (key, list) => keyed(`note-${list}`, key + document.documentElement.lang, () => el('li.empty-note', {}, t(key)));

  /** A row is made anew only when what it shows has changed. */
  function keyed(id, signature, make) {
    const known = rows.get(id);
    if (known?.signature === signature) return known.node;
    const node = make();
    if (known?.node.contains(document.activeElement)) queueMicrotask(() => node.querySelector('button')?.focus());
    rows.set(id, { node, signature });
    return node;
  }

  function facts(key) {
    const { messages } = chatOf(key);
    const last = messages[messages.length - 1];
    if (!last) return { text: '', when: '', count: 0 };
    return { text: `${last.outgoing && !last.service ? `${t('you')}: ` : ''}${preview(last)}`.replace(/\s+/g, ' ').slice(0, 90), when: whenShort(toMs(last.date), sandboxNow()), count: unread(key) };
  }

  function personRow(one) {
    const key = paneKey(one.id);
    const shown = facts(key);
    const open = panes.isOpen(key);
    return keyed(key, JSON.stringify([one.name, one.about, shown, open, t('you')]), () =>
      el('li', {}, rowButton({ id: one.id, name: one.name, about: one.about, open, ...shown, onclick: () => panes.toggle(key) })),
    );
  }

  function rowButton({ id, name, about, open, text, when, count, kind = '', onclick, expanded }) {
    return el(
      `button.entry${open ? '.open' : ''}`,
      { onclick, 'aria-pressed': expanded === undefined ? String(open) : null, 'aria-expanded': expanded === undefined ? null : String(expanded), data: { id: String(id) } },
      avatar(id, name, kind),
      el(
        'span.entry-text',
        {},
        el('span.entry-top', {}, el('b', {}, name), el('time', {}, when)),
        about ? el('span.about', {}, about) : null,
        el('span.entry-bottom', {}, el('span.preview', {}, text), count ? el('span.badge', { 'aria-label': t('unread', { n: count }) }, String(count)) : null),
      ),
    );
  }

  function groupRow(one) {
    const people = peopleIn(one);
    const shown = people.length ? facts(paneKey(people[0].id, one.id)) : { text: '', when: '', count: 0 };
    const open = people.filter((each) => panes.isOpen(paneKey(each.id, one.id))).map((each) => each.id);
    const count = open.length ? 0 : shown.count; // what is open is being read
    const expanded = unfolded.has(one.id);
    const signature = JSON.stringify([one.title, memberIds(one), people.map((each) => [each.name, unread(paneKey(each.id, one.id))]), shown, open, expanded, t('you')]);
    return keyed(`g${one.id}`, signature, () => {
      const about = t('members', { n: memberIds(one).length });
      const button = rowButton({ id: one.id, name: one.title, about, ...shown, count, open: open.length > 0, kind: 'group', expanded, onclick: () => unfold(one.id) });
      return el('li', {}, button, expanded ? memberList(one, people, open) : null);
    });
  }

  function unfold(id) {
    if (!unfolded.delete(id)) unfolded.add(id);
    draw();
  }

  function memberList(one, people, open) {
    const chip = (each) => {
      const key = paneKey(each.id, one.id);
      const count = unread(key);
      return el(
        `button.member${open.includes(each.id) ? '.open' : ''}`,
        { onclick: () => panes.toggle(key), 'aria-pressed': String(open.includes(each.id)) },
        avatar(each.id, each.name, 'small'),
        el('span', {}, each.name),
        count ? el('span.dot', { 'aria-label': t('unread', { n: count }) }) : null,
      );
    };
    const manage = iconButton('people', 'manageMembers', async () => {
      await manageMembers(group(one.id));
      await loadPeople();
    });
    return el('div.member-list', {}, el('p', {}, t('speakAs')), el('div.member-chips', {}, ...people.map(chip), manage));
  }

  for (const name of ['people', 'groups', 'chat', 'panes', 'language', 'clock']) on(name, soon);
  draw();
}
