// What one can do with a message: reply, copy, forward, edit, delete.
import { choose, fail, popupMenu, toast } from './dialogs.js';
import { forwardMessage } from './forward.js';
import { t } from './i18n.js';
import { preview } from './media.js';
import { act, isGroup, parseKey, placesOf } from './store.js';

export function copy(text) {
  return navigator.clipboard.writeText(text).then(() => toast(t('copied')), fail);
}

/** `pane`: {key, user, chat, onsent, compose, panes}; `messages` is one message or an album. */
export function messageMenu(pane, messages, anchor) {
  const message = messages[0];
  const written = messages.find((one) => one.text || one.caption);
  const items = [{ icon: 'reply', text: t('reply'), action: () => pane.compose.startReply(message) }];
  // The bot may protect what it sends: then it is neither copied nor passed on.
  if (written && !message.protected) items.push({ icon: 'copy', text: t('copy'), action: () => copy(written.text || written.caption) });
  if (!message.protected) items.push({ icon: 'forward', text: t('forward'), action: () => forward(pane, messages) });
  if (message.outgoing && written) items.push({ icon: 'edit', text: t('edit'), action: () => pane.compose.startEdit(written) });
  if (message.outgoing || !isGroup(pane.chat)) items.push({ icon: 'trash', text: t('del'), danger: true, action: () => remove(pane, messages) });
  popupMenu(anchor, items, t('messageMenu'));
}

function remove(pane, messages) {
  return Promise.all(messages.map((one) => act.remove(pane.user, pane.chat, one.message_id))).then(pane.onsent, fail);
}

async function forward(pane, messages) {
  const options = placesOf(pane.user).map((one) => ({ ...one, value: one.key }));
  const target = await choose(t('forwardTo'), options, preview(messages[0]));
  if (!target) return;
  try {
    for (const one of messages) await forwardMessage(pane.user, parseKey(target).chat, one);
    if (target !== pane.key) pane.panes.open(target);
    else pane.onsent();
  } catch (error) {
    fail(error);
  }
}
