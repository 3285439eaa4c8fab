// What the page knows: people, groups, bots and what each person sees in each chat. Kept fresh by one long poll.
import { get, post, upload } from './api.js';
import { emit } from './bus.js';

export const state = { people: [], groups: [], bots: [], chats: new Map(), online: true };

const PARALLEL = 4;
const queue = new Set();
const inFlight = new Set();
let running = 0;
let isOpen = () => false;

/** A pane is one person in one chat: "7" is person 7 with the first bot, "7@50" with bot 50, "7@-100" the same person in group -100. */
export const paneKey = (user, chat = null) => (chat ? `${user}@${chat}` : `${user}`);
export const botKey = (user, one) => paneKey(user, one && one !== state.bots[0] ? one.id : null);

export function parseKey(key) {
  const [user, chat] = key.split('@').map(Number);
  return { user, chat: chat || null };
}

export const person = (id) => state.people.find((one) => one.id === id);
export const group = (id) => state.groups.find((one) => one.id === id);
/** The bot of a private chat: the first where none is named. */
export const botOf = (chat) => state.bots.find((one) => one.id === chat) ?? state.bots[0];
export const botIn = (chat) => state.bots.find((one) => memberIds(group(chat) ?? {}).includes(one.id));
export const isGroup = (chat) => chat !== null && chat < 0;
/** Every chat a person has: with the bots, then the groups. */
export function placesOf(user) {
  const bots = state.bots.map((one) => ({ key: botKey(user, one), id: one.id, name: one.name, kind: 'bot' }));
  return [...bots, ...groupsOf(user).map((one) => ({ key: paneKey(user, one.id), id: one.id, name: one.title, kind: 'group' }))];
}
export const groupsOf = (user) => state.groups.filter((one) => memberIds(one).includes(user));
export const memberIds = (one) => (one.members ?? []).map((member) => member.id ?? member);
export const peopleIn = (one) => memberIds(one).map(person).filter(Boolean);

export function nameOf(id) {
  const found = person(id) ?? state.bots.find((one) => one.id === id);
  return found?.name ?? found?.first_name ?? null;
}

export const chatOf = (key) => state.chats.get(key) ?? { messages: [], loaded: false };

/** The number of incoming messages this person has not had on the screen yet. */
export function unread(key) {
  const { messages } = chatOf(key);
  const last = messages.length ? messages[messages.length - 1].message_id : 0;
  let read = readMarks[key] ?? 0;
  if (read > last) read = 0; // another run of the server: its numbers start anew
  return messages.filter((one) => !one.outgoing && !one.service && one.message_id > read).length;
}

const readMarks = JSON.parse(localStorage.getItem('read') ?? '{}');

export function markRead(key) {
  const { messages } = chatOf(key);
  if (!messages.length || !unread(key)) return;
  readMarks[key] = messages[messages.length - 1].message_id;
  localStorage.setItem('read', JSON.stringify(readMarks));
  emit('people');
}

export async function loadPeople() {
  const [people, groups, bots] = await Promise.all([get('people'), listGroups(), get('bots')]);
  Object.assign(state, { people, groups, bots });
  emit('people');
  emit('groups');
  for (const one of people) for (const each of bots) refresh(botKey(one.id, each));
  for (const one of groups) for (const member of peopleIn(one)) refresh(paneKey(member.id, one.id));
}

/** Someone came or went. */
async function loadGroups() {
  state.groups = await listGroups();
  emit('groups');
}

const listGroups = async () => (await get('groups')).filter((one) => !one.migrated_to);

/** Asks for a chat again, soon: chats that are on the screen first, a few at a time. */
export function refresh(key) {
  queue.add(key);
  pump();
}

function pump() {
  while (running < PARALLEL && queue.size) {
    const keys = [...queue].filter((one) => !inFlight.has(one));
    const key = keys.find(isOpen) ?? keys[0];
    if (!key) return;
    queue.delete(key);
    running += 1;
    fetchChat(key).finally(() => {
      running -= 1;
      pump();
    });
  }
}

async function fetchChat(key) {
  inFlight.add(key);
  try {
    const { user, chat } = parseKey(key);
    const answer = await get('chat', { user, chat });
    const before = chatOf(key);
    state.chats.set(key, { ...answer, loaded: true, settled: before.settled });
    if (isGroup(chat) && before.loaded && answer.messages.slice(before.messages.length).some((one) => one.service)) await loadGroups();
    emit('chat', key);
  } catch (error) {
    if (error.status === 404 || error.status === 400) {
      state.chats.set(key, { messages: [], loaded: true });
      emit('chat', key);
    }
  } finally {
    inFlight.delete(key);
  }
}

function touched(event) {
  if (event.chat && group(event.chat)) return peopleIn(group(event.chat)).map((one) => paneKey(one.id, event.chat));
  return person(event.chat) ? state.bots.map((one) => botKey(event.chat, one)) : null;
}

/** Follows the server for ever; survives its restart. A hidden tab lets go of its connection: a browser has only six per host. */
export async function follow(openTest) {
  isOpen = openTest;
  let n = 0;
  for (;;) {
    try {
      await visible();
      if (!n || !state.online) {
        n = (await get('wait', { after: 0, timeout: 0 })).n;
        await loadPeople();
      }
      setOnline(true);
      const hidden = new AbortController();
      const leave = () => document.hidden && hidden.abort();
      document.addEventListener('visibilitychange', leave);
      const answer = await get('wait', { after: n, timeout: 25 }, hidden.signal).finally(() =>
        document.removeEventListener('visibilitychange', leave),
      );
      n = answer.n;
      await take(answer.events ?? []);
    } catch (error) {
      if (error.name === 'AbortError') continue;
      setOnline(false);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function take(events) {
  if (!events.length) return;
  const keys = events.map(touched);
  if (keys.includes(null)) await loadPeople();
  for (const key of new Set(keys.flat())) if (key) refresh(key);
  emit('events', events);
}

function setOnline(online) {
  if (state.online === online) return;
  state.online = online;
  emit('online', online);
}

function visible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

export const act = {
  start: (user, bot, payload) => post('start', { user, bot: bot?.id, payload }),
  block: (user, bot, wanted) => post(wanted ? 'block' : 'unblock', { user, bot: bot?.id }),
  write: (user, chat, text, extra = {}) => post('write', { user, chat: chat ?? undefined, text, ...extra }),
  send: (user, chat, fields, file) => upload('send', { user, chat, ...fields }, file),
  press: (user, chat, messageId, row, col) => post('press', { user, chat: chat ?? undefined, message_id: messageId, row, col }),
  edit: (user, chat, messageId, text) => post('edit', { user, chat: chat ?? undefined, message_id: messageId, text }),
  remove: (user, chat, messageId) => post('delete', { user, chat: chat ?? undefined, message_id: messageId }),
};
