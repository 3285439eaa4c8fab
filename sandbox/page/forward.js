// Passing a message on: the server is asked to write it anew, with the name of whoever wrote it first.
import { fileUrl } from './api.js';
import { mediaKind } from './media.js';
import { act } from './store.js';

export async function forwardMessage(user, chat, message) {
  const author = message.forward_origin?.sender_user?.id ?? message.from_id;
  const kind = mediaKind(message);
  if (!kind) return act.write(user, chat, message.text, { forward_from: author });
  const fields = { kind, caption: message.caption ?? '', forward_from: author, ...message.location, phone_number: message.contact?.phone_number };
  return act.send(user, chat, fields, await fileOf(message, kind));
}

async function fileOf(message, kind) {
  const held = message[kind];
  if (!held.file_unique_id) return null;
  const blob = await (await fetch(fileUrl(held.file_unique_id))).blob();
  return new File([blob], held.file_name ?? `${kind}`, { type: blob.type });
}
