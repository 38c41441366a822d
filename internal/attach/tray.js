// Files: the tray above the text, in which what is chosen, dropped or pasted is uploaded before it is sent, and how files
// look in the conversation. An upload that broke off is not kept for later, unlike a text: the visitor is told.

function element(tag, className, content) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (content) e.textContent = content;
  return e;
}

// shown makes what the conversation shows of a message's files: pictures in a box of fixed size, the rest as a row.
export function shown(files, words) {
  const box = element('div', 'files');
  for (const f of files) {
    const a = element(f.url ? 'a' : 'span', f.shown ? 'picture' : 'file');
    if (f.url) {
      a.href = f.url;
      a.target = '_blank';
      a.rel = 'noopener';
      if (!f.shown) a.download = f.name;
    }
    if (f.shown) {
      const img = element('img');
      img.src = f.url;
      img.alt = f.name;
      img.loading = 'lazy';
      const scale = Math.min(1, 260 / f.width, 260 / f.height); // its place is kept before it has come
      img.width = Math.max(1, Math.round(f.width * scale));
      img.height = Math.max(1, Math.round(f.height * scale));
      img.addEventListener('error', () => { a.className = 'file'; a.replaceChildren('📎 ' + f.name); }, { once: true });
      a.append(img);
    } else {
      a.append(element('span', 'name', '📎 ' + f.name), element('span', 'size', f.url ? f.text : words.file_missing));
    }
    box.append(a);
  }
  return box;
}

export function tray({ box, input, zone, text, most, limit, maxFiles, words, headers, url, changed }) {
  const items = new Set();
  const full = element('p', 'over', words.file_more.replace('{count}', maxFiles)); // stands there while it is true
  full.setAttribute('role', 'status');
  const ready = () => [...items].filter((i) => i.file).map((i) => i.file);
  const busy = () => [...items].some((i) => i.request);

  function remove(item) {
    item.request?.abort();
    items.delete(item);
    item.node.remove();
    full.remove();
    if (item.preview) URL.revokeObjectURL(item.preview);
    box.hidden = items.size === 0;
    changed();
  }

  function fail(item, sentence, again) {
    item.request = null;
    item.node.classList.add('bad');
    item.state.replaceChildren(sentence);
    if (again) {
      const retry = element('button', '', words.again);
      retry.type = 'button';
      retry.addEventListener('click', () => upload(item));
      item.state.append(' ', retry);
    }
    changed();
  }

  function upload(item) {
    item.node.classList.remove('bad');
    item.state.textContent = '';
    if (!navigator.onLine) return fail(item, words.file_offline, true);
    const request = new XMLHttpRequest();
    item.request = request;
    item.bar.value = 0;
    item.bar.hidden = false;
    request.open('POST', `${url}?name=${encodeURIComponent(item.blob.name || 'picture.png')}`);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', (e) => { if (e.lengthComputable) item.bar.value = e.loaded / e.total; });
    request.addEventListener('loadend', () => {
      if (item.request !== request) return; // taken away meanwhile
      item.bar.hidden = true;
      if (request.status === 201) {
        item.request = null;
        item.file = JSON.parse(request.responseText);
        item.state.textContent = item.file.text;
        changed();
        return;
      }
      const key = { 413: 'file_large', 422: 'file_empty', 429: 'file_many', 507: 'file_full' }[request.status];
      fail(item, (key ? words[key] : words.file_failed).replace('{limit}', limit), !key || key === 'file_many');
    });
    request.send(item.blob);
    changed();
  }

  function add(blobs) {
    for (const blob of blobs) {
      const item = { blob, node: element('div', 'chip'), state: element('span', 'size'), bar: element('progress') };
      if (items.size >= maxFiles) { box.append(full); full.scrollIntoView({ block: 'nearest', inline: 'end' }); return; }
      const off = element('button', 'off', '✕');
      off.type = 'button';
      off.setAttribute('aria-label', words.file_remove.replace('{name}', blob.name));
      off.addEventListener('click', () => { remove(item); text.focus({ preventScroll: true }); });
      if (/^image\/(png|jpeg|gif|webp)$/.test(blob.type)) {
        const img = element('img');
        img.src = item.preview = URL.createObjectURL(blob);
        img.alt = '';
        item.node.append(img);
      } else item.node.append(element('span', 'icon', '📎'));
      item.bar.max = 1;
      item.bar.hidden = true;
      item.bar.setAttribute('aria-label', blob.name);
      const label = element('div', 'label');
      label.append(element('span', 'name', blob.name), item.state, item.bar);
      item.node.append(label, off);
      items.add(item);
      box.append(item.node);
      box.hidden = false;
      if (blob.size > most) fail(item, words.file_large.replace('{limit}', limit), false);
      else if (blob.size === 0) fail(item, words.file_empty, false);
      else upload(item);
    }
  }

  input.addEventListener('change', () => { add(input.files); input.value = ''; text.focus({ preventScroll: true }); });
  text.addEventListener('paste', (e) => {
    const files = [...(e.clipboardData?.files ?? [])];
    if (files.length && !e.clipboardData.getData('text/plain')) { e.preventDefault(); add(files); }
  });
  let over = 0;
  const holdsFiles = (e) => e.dataTransfer?.types.includes('Files');
  zone.addEventListener('dragenter', (e) => { if (holdsFiles(e)) { over++; zone.classList.add('dropping'); } });
  zone.addEventListener('dragleave', (e) => { if (holdsFiles(e) && --over <= 0) { over = 0; zone.classList.remove('dropping'); } });
  zone.addEventListener('dragover', (e) => { if (holdsFiles(e)) e.preventDefault(); });
  zone.addEventListener('drop', (e) => {
    if (!holdsFiles(e)) return;
    e.preventDefault();
    over = 0;
    zone.classList.remove('dropping');
    add(e.dataTransfer.files);
  });
  addEventListener('online', () => { for (const item of items) if (!item.file && !item.request && item.blob.size <= most && item.blob.size) upload(item); });

  return {
    busy,
    ready,
    // take removes files that were uploaded, all of them when none are given, and returns them; what could not be uploaded
    // stays, to be tried again.
    take(files = ready()) {
      for (const item of [...items]) if (files.includes(item.file)) remove(item);
      return files;
    },
  };
}
