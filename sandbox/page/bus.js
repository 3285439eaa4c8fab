// Who listens to what: 'people', 'groups', 'chat', 'panes', 'language', 'clock', 'online'.
const listeners = new Map();

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  return () => listeners.get(name).delete(listener);
}

export function emit(name, value) {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(value);
}
