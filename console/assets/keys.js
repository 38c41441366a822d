// Everything by keyboard: j k move, c claims, r replies … and ? shows them all.

export function keys({ $, list, rows, id }) {
  function move(step) {
    const links = [...rows.querySelectorAll('.rows a')];
    const now = links.findIndex((a) => a === document.activeElement || (a.dataset.id === id && !rows.contains(document.activeElement)));
    links[Math.max(0, Math.min(links.length - 1, now + step))]?.focus();
  }
  function queue(step) {
    const tabs = [...document.querySelectorAll('[role=tab]')];
    const now = tabs.findIndex((t) => t.getAttribute('aria-selected') === 'true');
    tabs[(now + step + tabs.length) % tabs.length]?.click();
  }
  function choose(value) {
    const write = $('write');
    if (!write) return;
    write.elements.mode.value = value;
    write.dispatchEvent(new Event('change'));
    $('text').focus();
  }
  function press(button) {
    button.click();
    if (button.matches('.menu > summary')) button.parentElement.querySelector('button, input')?.focus();
  }
  const acts = {
    j: () => move(1), k: () => move(-1), h: () => queue(-1), l: () => queue(1), o: () => document.activeElement?.click(),
    r: () => choose('reply'), n: () => choose('note'), u: () => { location.href = `/console/?queue=${list.dataset.queue}&${list.dataset.filter}`; },
    '?': () => $('help')?.showModal(),
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test(e.target.tagName) || document.querySelector('dialog[open]')) return;
    if (e.key === '/' && $('find')) { e.preventDefault(); $('find').focus(); return; }
    if (!list) return;
    const button = document.querySelector(`[data-key="${CSS.escape(e.key)}"]:not([role=option])`);
    const open = document.querySelector('.menu[open]');
    if (e.key === 'Escape' && open) { open.open = false; open.querySelector('summary').focus(); return; }
    const act = acts[e.key] ?? (button && (() => press(button)));
    if (act) { e.preventDefault(); act(); }
  });
}
