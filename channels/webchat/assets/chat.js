// The chat page. What the visitor writes goes into a queue in the browser's storage first and leaves it when the server
// has stored it, so that a message written offline, or just before a reload, arrives later, and arrives once.
// Of a person who is signed in at the shop nothing is kept in the browser: her queue is in memory, and so is her token.

import { shown as shownFiles, tray } from './tray.js';
import { begin } from './identity.js';

const words = JSON.parse(document.body.dataset.words);
const lang = document.body.dataset.lang;
const maxRunes = Number(document.body.dataset.maxRunes);
words.too_long = words.too_long.replace('{limit}', maxRunes);
const $ = (id) => document.getElementById(id);
const log = $('log'), list = $('messages'), form = $('form'), text = $('text'), typing = $('typing');
const base = location.pathname;

const store = (() => {
  const memory = {};
  return {
    get(key) { try { return localStorage.getItem(base + key) ?? memory[key] ?? null; } catch { return memory[key] ?? null; } },
    set(key, value) { memory[key] = value; try { localStorage.setItem(base + key, value); } catch { /* private mode: memory will do */ } },
    remove(key) { delete memory[key]; try { localStorage.removeItem(base + key); } catch { /* there is nothing */ } },
  };
})();

const random = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((b) => b.toString(16).padStart(2, '0')).join('');
const auth = {};             // headers that say who asks; a person's token is exchanged while the page is open
const me = await begin({ base, store, auth, site: siteAround(), changed: () => { pause = 500; flush(); }, expired: (yes) => { $('expired').hidden = !yes; } });
if (!me.known) {
  const token = store.get('token') ?? random(32);
  store.set('token', token);
  auth.Authorization = 'Bearer ' + token;
}

let pause = 500;             // before a broken stream is opened again
const shown = new Map();     // id → row
const last = new Map();      // conversation → the newest seq of it that is shown
let where = me.in;           // the thread in which a person goes on
let queue = me.known ? me.queue : JSON.parse(store.get('queue') ?? '[]');
const rows = new Map();      // client id → row of a message that is not stored yet
let visible = !document.body.classList.contains('embed');
let unread = 0;

/* ---- showing ---- */

function nearEnd() { return log.scrollHeight - log.scrollTop - log.clientHeight < 120; }
function toEnd() { log.scrollTop = log.scrollHeight; }

function element(tag, className, content) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (content) e.textContent = content;
  return e;
}

function day(at) {
  const d = new Date(at);
  return d.toDateString() === new Date().toDateString() ? words.today
    : d.toLocaleDateString({ zh: 'zh-CN', 'zh-Hant': 'zh-TW' }[lang] || 'en-GB', { year: 'numeric', month: 'long', day: 'numeric' });
}

function rowOf(m) {
  const row = element('div', 'row ' + m.from);
  const who = m.from === 'agent' ? (m.name || words.agent) : '';
  if (who) row.append(element('div', 'who', who));
  const label = element('span', 'sr', (m.from === 'me' ? words.you : m.from === 'agent' ? who : words.bot) + ': ');
  const bubble = element('div', 'bubble');
  if (m.html) bubble.innerHTML = m.html; // sanitised by the server, and nothing but our own files may run here
  else bubble.textContent = m.text;
  bubble.prepend(label);
  if (m.files?.length) {
    if (!m.html && !m.text) bubble.classList.add('only');
    bubble.append(shownFiles(m.files, words));
  }
  row.append(bubble);
  if (m.buttons?.length) row.append(choices(m));
  return row;
}

function choices(m) {
  const box = element('div', 'choices');
  for (const b of m.buttons) {
    const button = element('button', '', b.title);
    button.type = 'button';
    button.addEventListener('click', () => {
      for (const other of box.children) other.disabled = true;
      button.classList.add('pressed');
      post({ text: b.title, press: b.value, in: m.in });
      text.focus({ preventScroll: true });
    });
    box.append(button);
  }
  return box;
}

// after says which of two messages comes later: within a conversation by number, else by time.
const after = (a, b) => a.conv === b.conv ? Number(a.seq) > Number(b.seq) : Number(a.at) > Number(b.at);

// show puts a message that the server knows into its place, once.
function show(m) {
  if (shown.has(m.id)) return;
  const stick = nearEnd();
  const waiting = m.client && rows.get(m.client);
  if (waiting) { waiting.remove(); rows.delete(m.client); }
  if (m.client) forget(m.client);
  const row = rowOf(m);
  shown.set(m.id, row);
  row.dataset.seq = m.seq;
  row.dataset.conv = m.conv;
  row.dataset.at = Date.parse(m.at);
  row.dataset.day = day(m.at);
  const next = [...list.children].find((r) => r.dataset.seq === undefined || after(r.dataset, row.dataset));
  list.insertBefore(row, next ?? null);
  const before = row.previousElementSibling;
  if (!before || before.dataset.day !== row.dataset.day) row.before(Object.assign(element('time', '', row.dataset.day), {}));
  if (row.previousElementSibling?.tagName === 'TIME') {
    Object.assign(row.previousElementSibling.dataset, row.dataset, { seq: m.seq - 0.5 });
  }
  last.set(m.conv, Math.max(last.get(m.conv) ?? 0, m.seq));
  if (m.from !== 'me') { typing.hidden = true; count(); }
  $('quick').hidden = true;
  if (stick || m.from === 'me') toEnd();
}

// pending shows a message that is on its way.
function pending(m) {
  const row = rowOf({ from: 'me', text: m.text, files: m.files });
  row.append(element('div', 'state', words.sending));
  rows.set(m.id, row);
  list.append(row);
  $('quick').hidden = true;
  toEnd();
}

function state(m, key, retry) {
  const line = rows.get(m.id)?.querySelector('.state');
  if (!line) return;
  line.replaceChildren(retry ? Object.assign(element('button', '', words[key]), { type: 'button', onclick: retry }) : words[key]);
}

// lost says that a file of a message is gone. The text stays, after a reload too, until the visitor sends it alone.
function lost(m) {
  state(m, 'file_gone');
  if (!m.text) { forget(m.id); return; }
  m.lost = true;
  save();
  const alone = Object.assign(element('button', '', words.file_without), { type: 'button' });
  alone.addEventListener('click', () => {
    delete m.files;
    delete m.lost;
    save();
    rows.get(m.id)?.querySelector('.files')?.remove();
    state(m, 'sending');
    flush();
  });
  rows.get(m.id)?.querySelector('.state')?.append(' ', alone);
}

/* ---- sending ---- */

function save() { if (!me.known) store.set('queue', JSON.stringify(queue)); }
function forget(id) { queue = queue.filter((m) => m.id !== id); save(); }

function post(m) {
  m.id = random(12);
  m.lang = lang;
  m.in ??= where;
  queue.push(m);
  save();
  pending(m);
  flush();
}

let flushing = false;
let wait = 1000;

// flush sends the queue in order, one after the other, and keeps what could not be sent.
async function flush() {
  if (flushing) return;
  flushing = true;
  try {
    for (let m; (m = queue.find((other) => !other.lost));) {
      let answer;
      try {
        answer = await fetch(base + 'api/messages', {
          method: 'POST', headers: { ...auth, 'Content-Type': 'application/json', 'Accept-Language': lang }, body: JSON.stringify(m), keepalive: true,
        });
      } catch { answer = null; }
      if (answer?.ok) {
        rows.get(m.id)?.querySelector('.state')?.remove();
        forget(m.id);
        wait = 1000;
        continue;
      }
      if (answer?.status === 401 && await me.refused(answer)) return; // it goes on with the next token, or as somebody else
      if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        if (answer.status === 410) { lost(m); continue; }
        state(m, answer.status === 413 ? 'too_long' : 'failed', answer.status === 413 ? null : () => { queue.push(m); save(); flush(); });
        forget(m.id);
        continue;
      }
      for (const other of queue) if (!other.lost) state(other, 'waiting');
      const after = Number(answer?.headers.get('Retry-After')) * 1000 || wait;
      wait = Math.min(wait * 2, 30000);
      setTimeout(flush, after);
      return;
    }
  } finally { flushing = false; }
}

/* ---- receiving ---- */

async function sync() {
  const marks = new URLSearchParams([...last].map(([conv, seq]) => ['after', conv + ':' + seq]));
  const answer = await fetch(base + 'api/history?' + marks, { headers: auth, cache: 'no-store' });
  if (answer.status === 401) await me.refused(answer);
  if (!answer.ok) throw new Error('history ' + answer.status);
  const found = await answer.json();
  for (const m of found.messages) show(m);
  if (me.known) auth['Huiyin-Thread'] = where = found.in;
}

let hideTyping;

function receive(kind, data) {
  if (kind === 'typing') {
    typing.hidden = false;
    if (nearEnd()) toEnd();
    clearTimeout(hideTyping);
    hideTyping = setTimeout(() => { typing.hidden = true; }, 10000);
    return;
  }
  const m = JSON.parse(data);
  // A hole before it may be our own message of another window: the history knows.
  if (m.seq > (last.get(m.conv) ?? 0) + 1) sync().catch(() => show(m)); else show(m);
}

// listen reads the stream of events; when it breaks it reads the history and begins again.
async function listen() {
  for (;;) {
    try {
      const answer = await fetch(base + 'api/stream', { headers: auth, cache: 'no-store' });
      if (answer.status === 401) await me.refused(answer);
      if (!answer.ok) throw new Error('stream ' + answer.status);
      await sync();
      online(true);
      pause = 500;
      await events(answer.body.getReader());
    } catch { online(navigator.onLine && pause < 4000); }
    await new Promise((done) => setTimeout(done, pause * (0.75 + Math.random() / 2)));
    pause = Math.min(pause * 2, 15000);
  }
}

async function events(reader) {
  const decoder = new TextDecoder();
  let buffer = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += decoder.decode(value, { stream: true });
    for (let end; (end = buffer.indexOf('\n\n')) >= 0; buffer = buffer.slice(end + 2)) {
      const fields = {};
      for (const line of buffer.slice(0, end).split('\n')) {
        const colon = line.indexOf(': ');
        if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
      }
      if (fields.event) receive(fields.event, fields.data);
    }
  }
}

function online(yes) { $('offline').hidden = yes; if (yes) flush(); }

/* ---- the site around the widget ---- */

// siteAround is the origin of the page that the widget is in, when it is allowed to be; else ''.
function siteAround() {
  if (parent === window) return '';
  const allowed = [location.origin, ...document.body.dataset.allowed.split(' ').filter(Boolean)];
  const site = location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : '');
  return allowed.includes(site) ? site : '';
}

function tell(message) {
  const site = siteAround();
  if (site) parent.postMessage({ huiyin: message }, site);
}

let first = true; // the history of an earlier visit is not news
function count() {
  if (first || (visible && !document.hidden)) return;
  unread++;
  tell({ unread });
  if (parent === window) document.title = `(${unread}) ${title}`;
}
const title = document.title;
function seen() { unread = 0; document.title = title; tell({ unread }); }

addEventListener('message', (e) => {
  if (e.source !== parent || typeof e.data?.huiyin?.open !== 'boolean') return;
  visible = e.data.huiyin.open;
  if (visible) { seen(); grow(); toEnd(); text.focus(); } // a text box that is not shown has no height
});
document.addEventListener('visibilitychange', () => { if (!document.hidden && visible) seen(); });
addEventListener('online', () => { pause = 500; online(true); });
addEventListener('offline', () => online(false));
addEventListener('keydown', (e) => { if (e.key === 'Escape') tell({ close: true }); });
$('close')?.addEventListener('click', () => tell({ close: true }));

/* ---- writing ---- */

function grow() { text.style.height = 'auto'; text.style.height = Math.min(text.scrollHeight + 2, 130) + 'px'; ready(); }
function ready() { $('send').disabled = measure() || files?.busy() || !(text.value.trim() || files?.ready().length); }

// measure shows how long the message is when it comes near the limit, and reports whether it is beyond it. What is pasted is
// not cut: the visitor sees what to do.
function measure() {
  const n = [...text.value.trim()].length, count = $('count');
  count.hidden = n < maxRunes * 0.9;
  count.classList.toggle('over', n > maxRunes);
  text.setAttribute('aria-invalid', n > maxRunes);
  if (!count.hidden) {
    count.textContent = n > maxRunes ? words.over.replace('{n}', n - maxRunes).replace('{limit}', maxRunes) : `${n} / ${maxRunes}`;
  }
  return n > maxRunes;
}
const most = Number(document.body.dataset.fileBytes);
const files = most ? tray({
  box: $('tray'), input: $('pick'), zone: document.querySelector('.chat'), text, most, limit: document.body.dataset.fileLimit,
  maxFiles: Number(document.body.dataset.maxFiles), words, headers: auth, url: base + 'api/files', changed: () => ready(),
}) : null;
text.addEventListener('input', grow);
text.addEventListener('keydown', (e) => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); form.requestSubmit(); }
});
form.addEventListener('submit', (e) => {
  e.preventDefault();
  const value = text.value.trim();
  if ($('send').disabled) return;
  text.value = '';
  const sent = files?.take() ?? [];
  grow();
  post(sent.length ? { text: value, files: sent } : { text: value });
});
$('human').addEventListener('click', () => post({ text: words.human_text }));
for (const b of $('quick').children) b.addEventListener('click', () => post({ text: b.textContent }));

for (const m of queue) { pending(m); if (m.lost) lost(m); }
grow();
document.body.dataset.who = me.known ? 'person' : 'visitor';
tell({ started: true });
sync().catch(() => {}).finally(() => { first = false; toEnd(); listen(); });
