// Macros: a list of what can be done with one choice, and all that each of them would do before it is done.

export function macros({ $, fragment, acted, toast }) {
  const dialog = $('macros'), find = $('macro-find'), list = $('macro-list'), run = $('macro-run');
  const options = () => [...list.querySelectorAll('[role=option]')];
  const shown = () => options().filter((o) => !o.hidden);
  const chosen = () => shown().find((o) => o.getAttribute('aria-selected') === 'true');
  function choose(o) {
    for (const other of options()) other.setAttribute('aria-selected', other === o);
    find.setAttribute('aria-activedescendant', o?.id ?? '');
    run.disabled = !o || o.getAttribute('aria-disabled') === 'true';
    o?.scrollIntoView({ block: 'nearest' });
  }
  function filter() {
    const word = find.value.trim().toLowerCase();
    for (const o of options()) o.hidden = !o.dataset.name.toLowerCase().includes(word);
    choose(shown()[0]);
  }
  async function open() {
    list.innerHTML = await fragment(dialog.dataset.url);
    find.value = '';
    dialog.showModal();
    filter();
    find.focus();
  }
  async function go() {
    const o = chosen();
    if (run.disabled || !o) return;
    dialog.close();
    await acted(dialog.dataset.url, new URLSearchParams({ macro: o.dataset.macro, seen: o.dataset.seen }));
  }
  $('macro-open').addEventListener('click', () => open().catch((e) => toast(e.message)));
  $('macro-close').addEventListener('click', () => dialog.close());
  run.addEventListener('click', go);
  find.addEventListener('input', filter);
  list.addEventListener('click', (e) => { const o = e.target.closest('[role=option]'); if (o) { choose(o); find.focus(); } });
  list.addEventListener('dblclick', go);
  find.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    const all = shown(), now = all.indexOf(chosen());
    const act = { ArrowDown: () => choose(all[(now + 1) % all.length]), ArrowUp: () => choose(all[(now + all.length - 1) % all.length]), Enter: go }[e.key];
    if (act && all.length) { e.preventDefault(); act(); }
  });
}
