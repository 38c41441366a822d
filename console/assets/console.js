// The desk, live: the server says which conversation changed, the page asks for what it shows of it.
import { composer } from './composer.js';
import { keys } from './keys.js';
import { macros } from './macros.js';
import { calm, patch, update } from './patch.js';

const $ = (id) => document.getElementById(id);
const list = $('list'), rows = $('rows'), conversation = $('conversation'), messages = $('messages'), board = $('board');
const id = conversation?.dataset.id ?? '';
const me = document.body.dataset.me;

export async function fragment(url) {
  const answer = await fetch(url, { headers: { 'X-Fragment': '1' }, cache: 'no-store' });
  if (answer.status === 401) { location.href = '/console/login'; throw new Error('login'); }
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

export async function post(url, body) {
  let ok = false, text = $('link').dataset.unreached;
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'X-Fragment': '1' }, body });
    if (answer.status === 401) { location.href = '/console/login'; return false; }
    text = answer.ok ? '' : await answer.text();
    ok = answer.ok;
  } catch { /* nothing got through, or the answer was lost */ }
  if ($('problem')) $('problem').textContent = text;
  else if (text) toast(text);
  return ok;
}

export function toast(text, href) {
  const a = document.createElement(href ? 'a' : 'p');
  a.className = 'toast';
  a.textContent = text;
  if (href) a.href = href;
  $('toasts').append(a);
  setTimeout(() => a.remove(), 12000);
}

/* ---- what is shown ---- */

const atEnd = () => messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
const toEnd = () => { messages.scrollTop = messages.scrollHeight; $('newer').hidden = true; };
const last = () => Math.max(0, ...[...messages.querySelectorAll('li[data-seq]')].map((li) => Number(li.dataset.seq)));

// place puts rendered messages into the thread: a known one is updated, a new one is added.
function place(html) {
  const box = document.createElement('template');
  box.innerHTML = html;
  const stick = atEnd();
  let added = false;
  for (const li of box.content.querySelectorAll('li[data-seq]')) {
    const known = messages.querySelector(`li[data-seq="${li.dataset.seq}"]`);
    if (known) update(known, li); else { messages.append(li); if (li.matches('.incoming')) added = 'in'; else added ||= true; }
  }
  if (stick) toEnd(); else if (added) $('newer').hidden = false;
  return added;
}

// later runs f at most once in a while, and once more when it was asked for meanwhile; never for a page nobody sees.
function later(f, every) {
  let timer = 0, again = false, hidden = false;
  const run = async () => {
    if (document.hidden) { hidden = true; timer = 0; return; }
    again = false;
    await f().catch(() => {});
    timer = setTimeout(() => { timer = 0; if (again) ask(); }, every);
  };
  const ask = () => { if (timer) again = true; else timer = setTimeout(run, 60); };
  document.addEventListener('visibilitychange', () => { if (!document.hidden && hidden) { hidden = false; ask(); } });
  return ask;
}

const title = document.title;
function count() {
  const n = rows?.querySelector('[data-name=waiting]')?.dataset.count ?? '0';
  document.title = n === '0' ? title : `(${n}) ${title}`;
}

const refreshList = later(async () => {
  if (!rows) return;
  const html = await fragment(`/console/list?queue=${list.dataset.queue}&current=${encodeURIComponent(id)}&${list.dataset.filter}`);
  await calm();
  patch(rows, html);
  count();
}, 2000);

const refreshBoard = later(async () => {
  if (!board) return;
  const html = await fragment(board.dataset.live);
  await calm();
  patch(board, html);
}, 2000);

// refreshThread looks at the thread again. One look is under way at a time, so that an older answer never comes over a
// newer one; what is asked for meanwhile goes into the next look.
let looking = Promise.resolve(), wanted = null;
function refreshThread(seqs) {
  if (wanted) { wanted.push(...seqs); return looking; }
  wanted = [...seqs];
  looking = looking.catch(() => {}).then(look);
  return looking;
}

async function look() {
  const from = Math.min(last(), ...wanted.map((n) => n - 1));
  wanted = null;
  const seen = document.hidden ? '' : '&seen=1';
  const [news, head] = await Promise.all([fragment(`/console/c/${id}/messages?after=${from}${seen}`), fragment(`/console/c/${id}/state`)]);
  await calm();
  if (place(news) === 'in') suggest();
  patch($('state'), head);
  write.reach();
  write.arrived();
  const tags = $('tags'); // what a colleague or a macro has tagged must not be taken off by the next word
  if (tags && tags !== document.activeElement) tags.value = $('state').querySelector('.head').dataset.tags;
}

const suggest = later(async () => {
  const box = $('suggest');
  const html = await fragment(`/console/c/${id}/suggest`);
  await calm();
  patch(box.querySelector('ol'), html);
  const n = box.querySelectorAll('li').length;
  box.hidden = n === 0;
  box.querySelector('b').textContent = n || '';
}, 1500);

/* ---- the stream ---- */

const told = new Set();
function alarms(c) {
  if (!list || c.agent !== me && !document.body.dataset.lead) return;
  const state = Object.values(c.alarms ?? {});
  for (const kind of ['missed', 'near']) {
    if (!state.includes(kind)) continue;
    const name = rows.querySelector(`a[data-id="${CSS.escape(c.id)}"] strong`)?.textContent ?? '·';
    if (!told.has(kind + c.id)) toast(list.dataset[kind].replace('{what}', name), `/console/c/${c.id}`);
    told.add(kind + c.id);
    return;
  }
}

// named says that a colleague asks for one in a note; who looks at the conversation sees it there.
function named(c) {
  if (c.mentions?.includes(me) && (c.id !== id || document.hidden)) toast($('toasts').dataset.mention.replace('%s', c.by), `/console/c/${c.id}`);
}

// anew reads again what is shown, messages from a number on: what happened since the page was made, or while it was not told.
function anew(from) {
  refreshList();
  refreshBoard();
  if (id) refreshThread([from]).catch(() => {}); // also messages that stand there may have changed
}

const backAfter = 3000; // ms, as browsers wait
const apart = 2000; // ms over which pages that are told at once read anew
const justMade = 20; // messages that may have changed between a page and its stream
let heard = false; // the stream was open before
let stream = null;

function listen(presence) {
  const source = stream = new EventSource(`/console/live?at=${encodeURIComponent(id)}`);
  source.onopen = () => {
    $('link').textContent = '';
    anew(heard || !id ? 1 : Math.max(1, last() - justMade));
    heard = true;
  };
  source.onerror = () => {
    $('link').textContent = $('link').dataset.lost;
    if (source.readyState !== EventSource.CLOSED) return;
    // An answer that is no stream, say of a proxy: browsers give up on it. Where the login has ended, fragment leads to it.
    setTimeout(() => fragment('/console/list?queue=mine').catch(() => {}).finally(() => listen(presence)), backAfter);
  };
  source.addEventListener('anew', () => setTimeout(anew, apart * Math.random(), 1));
  source.addEventListener('change', (e) => {
    const c = JSON.parse(e.data);
    refreshList();
    refreshBoard();
    alarms(c);
    named(c);
    if (c.id === id) refreshThread(c.seqs).catch(() => {});
  });
  source.addEventListener('presence', (e) => presence?.(JSON.parse(e.data)));
}

addEventListener('offline', () => { if (stream) $('link').textContent = $('link').dataset.lost; });
addEventListener('online', () => { if (stream?.readyState === EventSource.OPEN) $('link').textContent = ''; });
document.querySelector('form[action="/console/logout"]')?.addEventListener('submit', () => { // drafts end with the login
  for (const key of Object.keys(localStorage)) if (key.startsWith('draft ')) localStorage.removeItem(key);
});

/* ---- doing ---- */

async function acted(url, body) {
  const done = await post(url, body);
  document.querySelectorAll('.menu[open]').forEach((m) => { m.open = false; });
  if (id) await refreshThread([]).catch(() => {});
  refreshList();
  return done;
}

document.addEventListener('click', async (e) => {
  const button = e.target.closest('[data-post]');
  if (!button) { if (!e.target.closest('.menu')) document.querySelectorAll('.menu[open]').forEach((m) => { m.open = false; }); return; }
  button.disabled = true;
  await acted(button.dataset.post, button.dataset.body && new URLSearchParams(button.dataset.body));
  button.disabled = false;
});

// A form with data-send goes by script; data-send="change" as soon as a field has changed.
document.addEventListener('submit', (e) => {
  if (!e.target.matches('[data-send]')) return;
  e.preventDefault();
  acted(e.target.action, new URLSearchParams(new FormData(e.target)));
});
document.addEventListener('change', (e) => {
  if (e.target.closest('[data-send=change]')) e.target.form.requestSubmit();
  if (e.target.closest('#filter')) e.target.form.submit();
});

let write;
if (conversation) {
  const target = location.hash && document.querySelector(location.hash);
  if (target) target.scrollIntoView({ block: 'center' }); else toEnd();
  $('newer').addEventListener('click', toEnd);
  let stuck = !target; // to the end, also when what is around the thread grows
  messages.addEventListener('scroll', () => { stuck = atEnd(); if (stuck) $('newer').hidden = true; });
  new ResizeObserver(() => { if (stuck) toEnd(); }).observe(messages);
  document.addEventListener('click', (e) => {
    if (e.target.id === 'aside') e.target.setAttribute('aria-expanded', $('side').classList.toggle('shown'));
    else if (!e.target.closest('#side')) $('side').classList.remove('shown');
  });
  write = composer({ id, me, $, post, refresh: () => refreshThread([]).catch(() => {}) });
  macros({ $, fragment, acted, toast });
  suggest();
}
keys({ $, list, rows, id });
count();
if (list || board) listen(write?.presence);
if (list || board) setInterval(() => { refreshList(); refreshBoard(); if ($('reach')) refreshThread([]).catch(() => {}); }, 20000); // times go on
