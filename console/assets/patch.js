// Live pages change in place: what is the same stays the very same node, so that a click, the focus, an open <details>
// and a half-written word outlive an update.

// patch makes the children of a node what html says.
export function patch(into, html) {
  const box = document.createElement('template');
  box.innerHTML = html;
  const focused = into.contains(document.activeElement) ? document.activeElement : null;
  children(into, box.content);
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

// update makes a node what another of its kind says.
export function update(have, want) {
  if (have.isEqualNode(want)) return;
  if (have.nodeType !== Node.ELEMENT_NODE) { have.nodeValue = want.nodeValue; return; }
  for (const { name, value } of want.attributes) {
    if (have.getAttribute(name) === value || theirs(have, name)) continue;
    have.setAttribute(name, value);
    if (name === 'value' && 'value' in have && have !== document.activeElement) have.value = value;
  }
  for (const { name } of [...have.attributes]) if (!want.hasAttribute(name) && !theirs(have, name)) have.removeAttribute(name);
  children(have, want);
}

// theirs is what belongs to the person at the page, not to the server.
const theirs = (e, name) => name === 'aria-expanded' || name === 'open' && e.localName === 'details';

function children(old, want) {
  const known = new Map();
  for (const n of old.childNodes) (known.get(key(n)) ?? known.set(key(n), []).get(key(n))).push(n);
  const pairs = [...want.childNodes].map((n) => [n, known.get(key(n))?.shift()]);
  for (const gone of known.values()) for (const n of gone) n.remove();
  let at = old.firstChild; // what stands where the next one belongs
  for (const [now, have] of pairs) {
    if (!have) { old.insertBefore(now, at); continue; }
    if (have !== at && have === at.nextSibling) old.append(at); // one that goes further down moves, not all those after it
    else if (have !== at) old.insertBefore(have, at);
    at = have.nextSibling;
    update(have, now);
  }
}

// key says which nodes are the same one: by what an element, or its first child, is about; else by kind and order.
function key(n) {
  if (n.nodeType !== Node.ELEMENT_NODE) return n.nodeName;
  const about = (e) => e && ['id', 'data-id', 'data-seq', 'data-post'].map((name) => e.getAttribute(name)).find(Boolean);
  return `${n.nodeName} ${about(n) ?? about(n.firstElementChild) ?? ''}`;
}

/* ---- nothing moves under a pressed pointer ---- */

const longest = 30000; // ms; whatever happens to a release, the page goes on
let pressed = false, waiting = [];
function release() {
  pressed = false;
  const all = waiting;
  waiting = [];
  setTimeout(() => all.forEach((go) => go())); // the click comes first
}
addEventListener('pointerdown', (e) => { pressed = e.button === 0; }, true);
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, release, true);
addEventListener('pointermove', (e) => { if (pressed && !(e.buttons & 1)) release(); }, true); // it was released outside of the window

// calm waits until no pointer is pressed, so that a click ends on what it began on.
export const calm = () => new Promise((go) => {
  if (!pressed) { go(); return; }
  waiting.push(go);
  setTimeout(go, longest);
});
