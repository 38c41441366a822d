// The desk, live: the server says which conversation changed, the page asks for what it shows of it.

const $ = (id) => document.getElementById(id);
const list = $('list'), conversation = $('conversation'), messages = $('messages'), write = $('write'), text = $('text');
const id = conversation?.dataset.id;

async function fragment(url) {
  const answer = await fetch(url, { headers: { 'X-Fragment': '1' }, cache: 'no-store' });
  if (answer.status === 401) { location.href = '/console/login'; throw new Error('login'); }
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

/* ---- what is shown ---- */

const atEnd = () => messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
const toEnd = () => { messages.scrollTop = messages.scrollHeight; $('newer').hidden = true; };
const last = () => Math.max(0, ...[...messages.querySelectorAll('li[data-seq]')].map((li) => Number(li.dataset.seq)));

// place puts rendered messages into the thread: a known one is replaced, a new one is added.
function place(html) {
  const box = document.createElement('template');
  box.innerHTML = html;
  const stick = atEnd();
  let added = false;
  for (const li of box.content.querySelectorAll('li[data-seq]')) {
    const known = messages.querySelector(`li[data-seq="${li.dataset.seq}"]`);
    if (known) known.replaceWith(li); else { messages.append(li); added = true; }
  }
  if (stick) toEnd(); else if (added) $('newer').hidden = false;
}

let listTimer;
function refreshList() {
  if (!list || listTimer) return;
  listTimer = setTimeout(async () => {
    listTimer = null;
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    list.innerHTML = await fragment(`/console/list?queue=${list.dataset.queue}&current=${id ?? ''}`).catch(() => list.innerHTML);
    if (focused) list.querySelector(`a[data-id="${CSS.escape(focused)}"]`)?.focus();
  }, 250);
}

async function refreshThread(seqs) {
  const known = last();
  const from = Math.min(known, ...seqs.map((n) => n - 1));
  const [news, head] = await Promise.all([fragment(`/console/c/${id}/messages?after=${from}`), fragment(`/console/c/${id}/state`)]);
  place(news);
  $('state').innerHTML = head;
}

/* ---- the stream ---- */

function listen() {
  const source = new EventSource('/console/live');
  let opened = false;
  source.onopen = () => {
    $('link').textContent = '';
    if (opened || performance.now() > 5000) { refreshList(); if (id) refreshThread([]).catch(() => {}); }
    opened = true;
  };
  source.onerror = () => { $('link').textContent = $('link').dataset.lost; };
  source.addEventListener('change', (e) => {
    const c = JSON.parse(e.data);
    refreshList();
    if (c.id === id) refreshThread(c.seqs).catch(() => {});
  });
}

/* ---- doing ---- */

async function post(url, body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'X-Fragment': '1' }, body });
  if (answer.status === 401) { location.href = '/console/login'; return false; }
  if ($('problem')) $('problem').textContent = answer.ok ? '' : await answer.text();
  return answer.ok;
}

document.addEventListener('click', async (e) => {
  const button = e.target.closest('[data-post]');
  if (!button) return;
  button.disabled = true;
  await post(button.dataset.post);
  if (id) await refreshThread([]).catch(() => {});
  refreshList();
  button.disabled = false;
});

if (conversation) {
  toEnd();
  $('newer').addEventListener('click', toEnd);
  messages.addEventListener('scroll', () => { if (atEnd()) $('newer').hidden = true; });

  const draftKey = 'draft ' + id;
  text.value = sessionStorage.getItem(draftKey) ?? '';
  text.addEventListener('input', () => sessionStorage.setItem(draftKey, text.value));
  const mode = () => write.elements.mode.value;
  write.addEventListener('change', () => {
    write.classList.toggle('note', mode() === 'note');
    text.placeholder = text.dataset[mode()];
  });
  write.addEventListener('submit', async (e) => {
    e.preventDefault();
    const body = new URLSearchParams({ text: text.value });
    if (!text.value.trim()) return;
    const value = text.value;
    text.value = '';
    if (await post(mode() === 'note' ? write.dataset.note : write.getAttribute('action'), body)) {
      sessionStorage.removeItem(draftKey);
      await refreshThread([]).catch(() => {});
    } else text.value = value; // nothing that was written is lost
  });
  text.addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.isComposing) write.requestSubmit();
    if (e.key === 'Escape') text.blur();
  });
}

/* ---- keys ---- */

function move(step) {
  const links = [...list.querySelectorAll('.rows a')];
  const now = links.findIndex((a) => a === document.activeElement || (a.dataset.id === id && !list.contains(document.activeElement)));
  links[Math.max(0, Math.min(links.length - 1, now + step))]?.focus();
}

document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) return;
  const act = {
    j: () => move(1), k: () => move(-1),
    r: () => { choose('reply'); }, n: () => { choose('note'); },
  }[e.key] ?? (document.querySelector(`[data-key="${CSS.escape(e.key)}"]`) && (() => document.querySelector(`[data-key="${CSS.escape(e.key)}"]`).click()));
  if (act && list) { e.preventDefault(); act(); }
});
function choose(value) {
  if (!write) return;
  write.elements.mode.value = value;
  write.dispatchEvent(new Event('change'));
  text.focus();
}

if (list) listen();
