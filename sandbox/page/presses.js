// Inline buttons that were pressed and wait for the bot's answer.
import { get } from './api.js';
import { on } from './bus.js';
import { alertDialog, fail, toast } from './dialogs.js';
import { t } from './i18n.js';
import { act } from './store.js';

const PATIENCE = 12_000;

/** `changed` is called when a button begins or stops to wait; answers appear in `host`, the pane of who pressed. */
export function presses(user, chat, host, changed) {
  const waiting = new Map(); // callback id → place of the button
  const same = (one, place) => one.messageId === place.messageId && one.row === place.row && one.col === place.col;

  async function press(messageId, row, col) {
    const place = { messageId, row, col };
    if ([...waiting.values()].some((one) => same(one, place))) return;
    const early = Symbol('press');
    waiting.set(early, place);
    changed();
    try {
      const answer = await act.press(user, chat, messageId, row, col);
      waiting.delete(early);
      waiting.set(String(answer.callback_id), place);
      setTimeout(() => giveUp(String(answer.callback_id)), PATIENCE);
      await look();
    } catch (error) {
      waiting.delete(early);
      fail(error);
    }
    changed();
  }

  function giveUp(id) {
    if (!waiting.delete(id)) return;
    toast(t('noAnswer'), 'error', host);
    changed();
  }

  async function look() {
    if (!waiting.size) return;
    const answers = await get('answers', { user }).catch(() => []);
    for (const one of answers.answers ?? answers) {
      if (!waiting.delete(String(one.callback_id))) continue;
      if (one.text && one.alert) alertDialog(one.text);
      else if (one.text) toast(one.text, 'answer', host);
      changed();
    }
  }

  const stop = on('events', look);
  return {
    stop,
    press,
    pending: (messageId, row, col) => [...waiting.values()].some((one) => same(one, { messageId, row, col })),
    of: (messageId) => [...waiting.values()].filter((one) => one.messageId === messageId),
  };
}
