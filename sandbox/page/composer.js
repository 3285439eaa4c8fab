// The bottom of a pane: text, command menu, attachments, reply keyboard.
import { stagedFiles } from './attach.js';
import { fail, popupMenu } from './dialogs.js';
import { el, icon, iconButton } from './dom.js';
import { t } from './i18n.js';
import { preview } from './media.js';
import { act, botIn, isGroup } from './store.js';

/** `pane`: {user, chat, key}. Returns {node, update(chat), startReply(message), startEdit(message), focus(), takeFiles(files)}. */
export function composer(pane) {
  let commands = [];
  let mode = null; // {kind: 'reply' | 'edit', message}
  let keyboardHidden = false;
  let keyboardShown = '';

  const input = el('textarea', { rows: 1, ph: 'message', label: 'message', enterkeyhint: 'send', oninput: typed, onkeydown: keyed, onpaste: pasted });
  const suggestions = el('div.suggestions', { role: 'listbox', hidden: true });
  const bar = el('div.mode-bar', { hidden: true });
  const files = stagedFiles(pane, () => growSend());
  const menuButton = iconButton('menu', 'commands', openCommands, '.menu-button');
  const keysButton = iconButton('keys', 'keyboard', toggleKeyboard, '.keys-button');
  const sendButton = iconButton('send', 'send', submit, '.send-button');
  const keyboard = el('div.reply-keyboard', { role: 'group', hidden: true });
  const row = el('div.compose', {}, menuButton, files.button, input, keysButton, sendButton);
  const node = el('div.composer', {}, suggestions, bar, files.strip, row, keyboard);
  keysButton.hidden = true;

  function growSend() {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 140)}px`;
    input.dataset.tph = files.count() ? 'caption' : 'message';
    input.placeholder = t(input.dataset.tph);
    sendButton.classList.toggle('ready', Boolean(input.value.trim() || files.count()));
  }

  function typed() {
    growSend();
    const match = /^\/(\w*)$/.exec(input.value);
    const fitting = match ? commands.filter((one) => one.command.startsWith(match[1])) : [];
    suggestions.replaceChildren(...fitting.slice(0, 6).map(suggestion));
    suggestions.hidden = !fitting.length;
  }

  function suggestion(one) {
    const choose = () => {
      input.value = '';
      typed();
      write(commandText(one.command));
    };
    return el('button', { role: 'option', onclick: choose }, el('b', {}, `/${one.command}`), el('span', {}, one.description));
  }

  function keyed(event) {
    // While an input method composes, Enter chooses characters; some browsers report that only by the key code 229.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && mode) {
      leaveMode();
    } else if (event.key === 'Tab' && !event.shiftKey && !suggestions.hidden) {
      event.preventDefault();
      suggestions.firstElementChild.focus();
    }
  }

  function pasted(event) {
    const pastedFiles = [...(event.clipboardData?.files ?? [])];
    if (!pastedFiles.length) return;
    event.preventDefault();
    files.add(pastedFiles);
  }

  async function write(text, extra = {}) {
    try {
      await act.write(pane.user, pane.chat, text, extra);
    } catch (error) {
      fail(error);
      return false;
    }
    pane.onsent();
    return true;
  }

  async function submit() {
    const text = input.value.trim();
    const current = mode;
    if (!text && !files.count()) return;
    input.value = '';
    typed();
    leaveMode();
    input.focus(); // now, not after the answer: by then the person may be writing in another pane
    const done = await deliver(text, current);
    if (!done && !input.value) {
      input.value = text;
      growSend();
    }
  }

  async function deliver(text, current) {
    const replyTo = current?.kind === 'reply' ? current.message.message_id : undefined;
    if (files.count()) return files.send(text, replyTo);
    if (current?.kind !== 'edit') return write(text, { reply_to: replyTo });
    try {
      await act.edit(pane.user, pane.chat, current.message.message_id, text);
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  function enterMode(kind, message) {
    mode = { kind, message };
    bar.replaceChildren(
      icon(kind),
      el('div', {}, el('b', {}, t(kind === 'edit' ? 'editing' : 'reply')), el('span', {}, preview(message))),
      iconButton('close', 'cancel', leaveMode),
    );
    bar.hidden = false;
    if (kind === 'edit') input.value = message.text || message.caption || '';
    growSend();
    input.focus();
  }

  function leaveMode() {
    if (mode?.kind === 'edit') input.value = '';
    mode = null;
    bar.hidden = true;
    growSend();
  }

  function openCommands() {
    const items = commands.map((one) => ({ text: `/${one.command}`, note: one.description, action: () => write(commandText(one.command)) }));
    if (!items.length) items.push({ text: '/start', note: t('start'), action: () => write('/start') });
    popupMenu(menuButton, items, t('commands'));
  }

  /** In a group a bot with privacy mode hears only commands that name it. */
  const commandText = (command) => (isGroup(pane.chat) && botIn(pane.chat) ? `/${command}@${botIn(pane.chat).username}` : `/${command}`);

  function toggleKeyboard() {
    keyboardHidden = !keyboardHidden;
    keyboard.hidden = keyboardHidden;
    keysButton.setAttribute('aria-pressed', String(!keyboardHidden));
  }

  /** The newest message that says anything of a keyboard decides: null says nothing, an empty list takes it away. */
  function updateKeyboard(messages) {
    const rows = messages.findLast((one) => one.reply_keyboard)?.reply_keyboard ?? [];
    const signature = JSON.stringify(rows);
    if (signature === keyboardShown) return;
    keyboardShown = signature;
    keyboardHidden = false;
    keysButton.hidden = !rows.length;
    keyboard.hidden = !rows.length;
    keyboard.replaceChildren(...rows.map((line) => el('div.row', {}, ...line.map(replyKey))));
  }

  function replyKey(one) {
    const label = one.text;
    const press = async () => {
      if (one.request_contact) await files.contact();
      else if (one.request_location) await files.location();
      else await write(label);
    };
    const mark = one.request_contact ? icon('person') : one.request_location ? icon('pin') : null;
    return el('button.key', { onclick: press }, mark, el('span', {}, label));
  }

  function update(chat) {
    commands = chat.commands ?? [];
    updateKeyboard(chat.messages);
  }

  return {
    node,
    input,
    update,
    write,
    commandText,
    startReply: (message) => enterMode('reply', message),
    startEdit: (message) => enterMode('edit', message),
    takeFiles: (list) => files.add(list),
  };
}
