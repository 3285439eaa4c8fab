// One phone: a person in one chat.
import { composer } from './composer.js';
import { fail } from './dialogs.js';
import { el } from './dom.js';
import { t } from './i18n.js';
import { openLink } from './links.js';
import { messageList } from './messagelist.js';
import { messageMenu } from './messagemenu.js';
import { paneHead } from './panehead.js';
import { presses } from './presses.js';
import { act, botOf, chatOf, isGroup, parseKey, refresh } from './store.js';

/** `panes`: {open(key), close(key), swap(from, to), back()}. */
export function makePane(key, panes) {
  const { user, chat } = parseKey(key);
  const pane = { key, user, chat, panes, onsent, start, setBlocked, focusInput };

  const notices = el('div.toasts', { role: 'status', 'aria-live': 'polite' });
  const pressing = presses(user, chat, notices, () => list.draw());
  const compose = composer(pane);
  pane.compose = compose;
  const context = {
    grouped: isGroup(chat),
    handlers: { link: (url) => openLink(url, user, panes), command },
    actions: (messages, anchor) => messageMenu(pane, messages, anchor),
    press: pressing.press,
    pending: pressing.pending,
  };
  const list = messageList(key, context, pressing.of);
  const head = paneHead(pane);
  const blockedBar = el('div.blocked', { hidden: true }, el('p', { t: 'blocked' }), el('button.primary', { t: 'unblock', onclick: () => setBlocked(false) }));
  const startBar = el('button.start', { t: 'start', hidden: true, onclick: start });
  list.node.append(notices);
  const keepFile = (event) => event.preventDefault();
  const node = el('section.pane', { data: { key }, ondragover: keepFile, ondrop: dropped }, ...head.nodes, list.node, blockedBar, startBar, compose.node);

  function onsent() {
    list.follow();
    refresh(key);
  }

  function start() {
    return act.start(user, botOf(chat)).then(onsent, fail);
  }

  function setBlocked(wanted) {
    return act.block(user, botOf(chat), wanted).then(onsent, fail);
  }

  function focusInput() {
    compose.input.focus();
  }

  function command(text) {
    return compose.write(text.includes('@') ? text : compose.commandText(text.slice(1)));
  }

  function dropped(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) compose.takeFiles([...event.dataTransfer.files]);
  }

  function drawHead() {
    node.setAttribute('aria-label', head.label());
    head.draw();
  }

  function draw() {
    const current = chatOf(key);
    drawHead();
    startBar.hidden = isGroup(chat) || current.blocked || !current.loaded || current.messages.length > 0;
    blockedBar.hidden = !current.blocked;
    compose.node.hidden = Boolean(current.blocked);
    compose.update(current);
    list.draw();
  }

  function stop() {
    pressing.stop();
    list.stop();
  }

  refresh(key);
  draw();
  return { key, node, draw, drawHead, read: list.read, focus: focusInput, stop };
}
