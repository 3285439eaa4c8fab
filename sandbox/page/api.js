// The control API, nothing else. Every failure is an Error with the server's sentence.
async function call(path, options) {
  const response = await fetch(path, options);
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { error: text };
  }
  if (!response.ok) throw Object.assign(new Error(body.error ?? response.statusText), { status: response.status });
  return body;
}

export function get(path, query = {}, signal = undefined) {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(filled).toString();
  return call(`/control/${path}${search ? `?${search}` : ''}`, { signal });
}

export function post(path, body) {
  return call(`/control/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function upload(path, fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== '') form.append(name, value);
  }
  if (file) form.append('file', file, file.name);
  return call(`/control/${path}`, { method: 'POST', body: form });
}

export function fileUrl(uniqueId) {
  return `/control/file/${encodeURIComponent(uniqueId)}`;
}
