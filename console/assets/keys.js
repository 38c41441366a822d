// Everything by keyboard: j k move, c claims, r replies … and ? shows them all.

export function keys({ $, list, rows, id }) {
  function move(step) {
    const links = [...rows.querySelectorAll('.rows a')];
    const now = links.findIndex((a) => a === document.activeElement || (a.dataset.id === id && !rows.contains(document.activeElement)));
    links[Math.max(0, Math.min(links.length - 1, now + step))]?.focus();
  }
  function choose(value) {
    const write = $('write');
    if (!write) return;
    write.elements.mode.value = value;
    write.dispatchEvent(new Event('change'));
    $('text').focus();
  }
  const acts = {
    j: () => move(1), k: () => move(-1), o: () => document.activeElement?.click(),
    r: () => choose('reply'), n: () => choose('note'), u: () => { location.href = `/console/?queue=${list.dataset.queue}&${list.dataset.filter}`; },
    '?': () => $('help')?.showModal(),
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test(e.target.tagName) || document.querySelector('dialog[open]')) return;
    if (e.key === '/' && $('find')) { e.preventDefault(); $('find').focus(); return; }
    if (!list) return;
    const button = document.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
    const act = acts[e.key] ?? (button && (() => button.click()));
    if (act) { e.preventDefault(); act(); }
  });
}
