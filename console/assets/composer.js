// Writing: drafts that survive a reload, canned replies after a "/", suggested answers, and colleagues who write too.

import { tray } from './tray.js';

export function composer({ id, me, $, post, refresh }) {
  const write = $('write'), text = $('text'), send = $('send'), menu = $('canned'), who = $('colleagues');
  const drafts = draftsOf(me), mode = () => write.elements.mode.value;
  let sent = null; // what was sent last without an answer: {once, what}
  const keep = () => drafts.keep(id, text.value && { text: text.value, mode: mode(), sent });
  const draft = drafts.of(id);
  if (draft) { // a note that was begun stays one; words typed before this script ran come first
    text.value ||= draft.text;
    write.elements.mode.value = draft.mode;
    sent = draft.sent;
  }

  function label() {
    write.classList.toggle('note', mode() === 'note');
    text.placeholder = text.dataset[mode()];
    $('hint').textContent = $('hint').dataset[mode()];
    fits();
    const locked = mode() === 'reply' && writers.length > 0;
    send.textContent = locked ? send.dataset.anyway : send.dataset[mode()];
    send.classList.toggle('anyway', locked);
  }

  /* ---- files ---- */
  const pick = $('pick');
  const files = pick && tray({
    box: $('tray'), input: pick, zone: $('conversation'), text, most: Number(pick.dataset.most), limit: pick.dataset.limit,
    maxFiles: Number(pick.dataset.count), words: JSON.parse(pick.dataset.words), headers: { 'X-Fragment': '1' }, url: pick.dataset.url, changed: () => fits(),
  });
  let warned = false, posting = false;
  // fits says before sending what the customer's channel cannot take; a note takes everything.
  function fits() {
    const chosen = files?.ready() ?? [], most = Number(pick?.dataset.channel);
    const over = mode() === 'reply' && chosen.some((f) => f.size > most);
    if (over || warned) $('problem').textContent = over ? (most ? pick.dataset.over : pick.dataset.none) : '';
    warned = over;
    send.disabled = posting || Boolean(files?.busy()) || over || shut && mode() === 'reply';
  }

  /* ---- the platform's send window ---- */
  let shut = false;
  // reach shows until when the platform takes messages; when it takes none, why, and what can be done.
  function reach() {
    const now = $('reach'), box = $('window'), html = now?.innerHTML ?? '';
    shut = now?.dataset.state === 'shut';
    box.className = `window ${now?.dataset.state ?? ''}`;
    box.setAttribute('role', shut ? 'alert' : 'note');
    if (box.innerHTML !== html) box.innerHTML = html;
    label();
  }
  $('window').addEventListener('click', (e) => {
    if (!e.target.dataset.mode) return;
    write.elements.mode.value = e.target.dataset.mode;
    label();
    text.focus();
  });

  /* ---- colleagues ---- */
  let writers = [];
  let fade = 0;
  function presence({ id: at, who: readers }) {
    if (at !== id) return;
    const others = readers.filter((r) => r.id !== me);
    writers = others.filter((r) => r.typing);
    const say = (key, list) => list.map((r) => r.name).length ? who.dataset[key].replace('%s', list.map((r) => r.name).join(', ')) : '';
    who.textContent = say('writes', writers) || say('reads', others);
    who.classList.toggle('writing', writers.length > 0);
    label();
    clearTimeout(fade);
    if (writers.length) fade = setTimeout(() => presence({ id, who: readers.map((r) => ({ ...r, typing: false })) }), 7000);
  }
  let told = 0;
  function typing(on) {
    const now = Date.now();
    if (on && (mode() !== 'reply' || now - told < 3000) || !on && !told) return;
    told = on ? now : 0;
    fetch(`${write.dataset.typing}?on=${on ? 1 : 0}`, { method: 'POST', headers: { 'X-Fragment': '1' }, keepalive: true }).catch(() => {});
  }

  /* ---- canned replies, and in notes the names of colleagues ---- */
  const options = [...menu.children];
  let at = null; // where the "/" or "@" stands
  const shown = () => options.filter((o) => !o.hidden);
  const chosen = () => shown().find((o) => o.getAttribute('aria-selected') === 'true');
  function choose(o) { for (const other of options) other.setAttribute('aria-selected', other === o); o?.scrollIntoView({ block: 'nearest' }); }
  function suggestCanned() {
    const before = text.value.slice(0, text.selectionStart);
    const note = mode() === 'note';
    const found = (note ? /(?:^|[^a-z0-9])[@＠]([^\s@＠]*)$/i : /(?:^|\s)\/([^\s/]*)$/).exec(before);
    at = found ? before.length - found[1].length - 1 : null;
    const word = found?.[1].toLowerCase() ?? '';
    for (const o of options) {
      const { at: name, key, title } = o.dataset, match = name ? note && name.toLowerCase().startsWith(word) : !note && (key.includes(word) || title.toLowerCase().includes(word));
      o.hidden = at === null || !match;
    }
    menu.hidden = shown().length === 0;
    choose(shown()[0]);
  }
  function insert(value, from, to) {
    text.focus();
    text.setRangeText(value, from, to, 'end');
    text.dispatchEvent(new Event('input'));
  }
  function take(o) {
    insert(o.dataset.text, at, text.selectionStart);
    menu.hidden = true;
  }
  menu.addEventListener('pointerdown', (e) => { e.preventDefault(); const o = e.target.closest('li'); if (o) take(o); });

  /* ---- suggested answers ---- */
  function insertAnswer(button) {
    if (!button) return;
    write.elements.mode.value = 'reply';
    label();
    const start = text.value && !/\s$/.test(text.value) ? '\n\n' : '';
    insert(start + button.dataset.insert, text.value.length, text.value.length);
  }
  $('suggest').addEventListener('click', (e) => insertAnswer(e.target.closest('[data-insert]')));
  document.addEventListener('keydown', (e) => {
    const n = e.altKey && /^Digit([1-5])$/.exec(e.code)?.[1];
    if (!n) return;
    e.preventDefault();
    insertAnswer(document.querySelectorAll('#suggest li')[n - 1]?.querySelectorAll('[data-insert]')[e.shiftKey ? 1 : 0]);
  });

  /* ---- writing ---- */
  const written = () => { keep(); suggestCanned(); typing(text.value !== ''); };
  text.addEventListener('input', written);
  text.addEventListener('blur', () => setTimeout(() => { if (document.activeElement !== text) menu.hidden = true; }, 150));
  write.addEventListener('change', () => { label(); keep(); typing(false); });
  write.addEventListener('submit', async (e) => {
    e.preventDefault();
    const value = text.value, url = mode() === 'note' ? write.dataset.note : write.getAttribute('action');
    const chosen = files?.ready() ?? [];
    if (!value.trim() && !chosen.length || send.disabled) return;
    send.disabled = posting = true;
    const body = new URLSearchParams({ text: value });
    for (const f of chosen) body.append('file', `${f.id} ${f.name}`);
    const what = `${url} ${body}`;
    if (sent?.what !== what) sent = { once: [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, '0')).join(''), what };
    keep();
    text.value = '';
    body.append('once', sent.once); // the same again when it is sent again, so that it is there once
    if (await post(url, body)) {
      files?.take(chosen);
      sent = null;
      keep();
      typing(false);
      await refresh();
    } else { text.value = [value, text.value].filter(Boolean).join('\n'); keep(); } // nothing that was written is lost, before or meanwhile
    posting = false;
    fits();
    arrived();
  });
  // arrived takes out of the box what has arrived though the answer to it was lost.
  function arrived() {
    if (posting || !sent || !document.querySelector(`#messages [data-act="page ${CSS.escape(me)} ${sent.once}"]`)) return;
    const value = new URLSearchParams(sent.what.slice(sent.what.indexOf(' ') + 1)).get('text');
    if (text.value.startsWith(value)) text.value = text.value.slice(value.length).trimStart();
    files?.take(files.ready().filter((f) => sent.what.includes(f.id)));
    sent = null;
    $('problem').textContent = '';
    keep();
    label();
  }
  text.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    if (!menu.hidden) {
      const all = shown(), now = all.indexOf(chosen());
      const act = {
        ArrowDown: () => choose(all[(now + 1) % all.length]), ArrowUp: () => choose(all[(now + all.length - 1) % all.length]),
        Enter: () => take(chosen()), Tab: () => take(chosen()), Escape: () => { menu.hidden = true; },
      }[e.key];
      if (act && !(e.ctrlKey || e.metaKey)) { e.preventDefault(); act(); return; }
    }
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) write.requestSubmit();
    if (e.key === 'Escape') text.blur();
  });
  addEventListener('pagehide', () => typing(false));
  reach();
  if (text.value && document.activeElement === text) written();
  arrived();
  return { presence, reach, arrived };
}

const oldest = 14 * 24 * 3600 * 1000; // ms after which a draft is given up

// draftsOf are an agent's drafts in this browser, by conversation: they outlive the page, the tab and the browser, and end with
// her signing out.
function draftsOf(me) {
  const prefix = `draft ${me} `;
  const all = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  for (const key of all()) if (!(Date.now() - read(key)?.at < oldest)) localStorage.removeItem(key);
  return {
    of: (id) => read(prefix + id),
    keep: (id, draft) => {
      try {
        if (draft) localStorage.setItem(prefix + id, JSON.stringify({ ...draft, at: Date.now() })); else localStorage.removeItem(prefix + id);
      } catch { /* no room: the words are in the box */ }
    },
  };
}
