// What a person would stumble over on a page, as sentences; none is good. Colours are those that the browser has computed.
(() => {
  const found = [];
  const say = (what, e) => {
    const name = e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (e.classList.length ? '.' + [...e.classList].join('.') : '');
    found.push(what + ': ' + name + ' ' + JSON.stringify((e.innerText || e.value || e.placeholder || '').trim().slice(0, 40)));
  };
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length > 0;
  const hidden = (e) => e.closest('.sr, .skip, [aria-hidden=true], option, dialog:not([open]), svg');

  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) found.push('the page is ' + wide + ' pixels wider than the window');
  const main = document.querySelector('main');
  if (main && main.scrollWidth > main.clientWidth + 1) found.push('the page scrolls sideways: ' + main.scrollWidth + ' in ' + main.clientWidth);

  for (const e of document.querySelectorAll('#rows, #messages, #log, .side, .top, dialog[open]')) {
    if (shown(e) && e.scrollWidth > e.clientWidth + 1) say('scrolls sideways, ' + e.scrollWidth + ' in ' + e.clientWidth, e);
  }

  // Contrast: WCAG 2.2, success criterion 1.4.3, level AA.
  const colour = (s) => {
    const n = s.match(/[\d.]+(e-?\d+)?%?/g)?.map(parseFloat) ?? [0, 0, 0, 0];
    const scale = s.startsWith('color(') ? 255 : 1;
    if (/^(ok)?(lab|lch)/.test(s)) return null;
    return [n[0] * scale, n[1] * scale, n[2] * scale, n[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const light = (c) => {
    const [r, g, b] = c.slice(0, 3).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const c = colour(getComputedStyle(at).backgroundColor);
      if (!c) return null;
      layers.push(c);
      if (c[3] === 1) break;
    }
    const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((under, c) => over(c, under), canvas);
  };
  const fades = (e) => { let o = 1; for (let at = e; at; at = at.parentElement) o *= parseFloat(getComputedStyle(at).opacity); return o; };
  const legible = (e, style, what) => {
    const back = ground(e), front = colour(style.color);
    if (!back || !front) { say('colours that cannot be read', e); return; }
    front[3] *= fades(e);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const got = ratio(over(front, back), back);
    if (got < (large ? 3 : 4.5)) say(what + ' has a contrast of ' + got.toFixed(2), e);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let n = texts.nextNode(); n; n = texts.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || seen.has(e) || hidden(e) || !shown(e) || e.closest(':disabled, [aria-disabled=true], script, style')) continue;
    seen.add(e);
    legible(e, getComputedStyle(e), 'text');
    if (/\b(work|console|kb|desk|trial|hooks|bot|digest)\.[a-z_]+(\.[a-z_]+)*\b/.test(n.data) && !e.closest('#messages, code, input, textarea, .raw')) say('words that are missing', e);
    if (/<no value>|%!|\{[a-z_]+\}/.test(n.data) && !e.closest('code, kbd, .raw, #messages, .soft')) say('a sentence that is not whole', e);
  }
  const measure = document.createElement('canvas').getContext('2d');
  for (const e of document.querySelectorAll('input, textarea')) {
    if (hidden(e) || !shown(e) || !e.placeholder) continue;
    const style = getComputedStyle(e, '::placeholder');
    if (!e.value) legible(e, style, 'placeholder');
    measure.font = style.font;
    const room = e.clientWidth - parseFloat(getComputedStyle(e).paddingLeft) - parseFloat(getComputedStyle(e).paddingRight);
    if (e.tagName === 'INPUT' && !e.value && measure.measureText(e.placeholder).width > room + 1) say('placeholder that is cut', e);
  }

  // Controls: each has a name, its own place, and room for its words.
  const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((e) => shown(e) && !hidden(e));
  for (const e of controls) {
    const name = e.innerText?.trim() || e.getAttribute('aria-label') || e.title || e.placeholder || [...(e.labels ?? [])].map((l) => l.innerText).join(' ').trim();
    if (!name) say('a control without a name', e);
    if (/^(BUTTON|SUMMARY)$/.test(e.tagName) && e.scrollWidth > e.clientWidth + 1) say('words that are cut', e);
    const style = getComputedStyle(e), tall = e.getBoundingClientRect().height;
    if (e.tagName === 'BUTTON' && tall > 46 && name.length < 6 && !e.closest('.tile')) say('short words in ' + tall.toFixed(0) + ' pixels of height', e);
    if (e.tagName === 'BUTTON' && tall > 60 && !e.closest('ul, ol, .menu')) say('a button of ' + tall.toFixed(0) + ' pixels high', e);
    if (style.pointerEvents === 'none') say('a dead control', e);
  }
  const floats = (e) => e.closest('.menu[open] > div, dialog, #toasts, .canned, .newer, .tabs, .top, .list, .bar, .side, #log, #messages, #rows') ?? document.body;
  const boxes = controls.filter((e) => !e.closest('label') || !e.closest('label').contains(e.previousElementSibling)).map((e) => ({ e, in: floats(e), r: e.getClientRects() }));
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) {
      const a = boxes[i], b = boxes[j];
      if (a.in !== b.in || a.e.contains(b.e) || b.e.contains(a.e)) continue;
      const meet = [...a.r].some((p) => [...b.r].some((q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2));
      if (meet) say('stands on ' + JSON.stringify((b.e.innerText || b.e.name || b.e.id || b.e.tagName).trim().slice(0, 30)), a.e);
    }
  }
  return [...new Set(found)];
})()
