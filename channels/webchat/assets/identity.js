// Who uses the chat: a visitor with a token of her browser, or a person whom the shop has signed in. A page is one or the other
// for as long as it is loaded; when that changes it is loaded anew, so that nothing of one can show up with the other.

const patience = 1500;                 // how long the site around may take to say who is signed in, in milliseconds
const pauses = [500, 1500, 4000];      // before the server is asked again, when it could not be reached
const sleep = (time) => new Promise((done) => setTimeout(done, time));

// begin finds out who it is. auth gets her header; changed is called when her token was exchanged for a fresh one.
export async function begin({ base, store, auth, site, changed, expired }) {
  const me = { known: false, in: undefined, queue: [], refused };
  const tell = (message) => parent.postMessage({ huiyin: message }, site);
  let thread = '';   // which person: the same for all her tokens
  let started = false, asked = false;

  // identify asks the server who a token speaks for, and gives her what the visitor of this browser has written.
  async function identify(token) {
    for (let tries = 0; ; tries++) {
      const body = JSON.stringify({ visitor: store.get('token') ?? undefined });
      const headers = { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' };
      const answer = await fetch(base + 'api/identify', { method: 'POST', headers, body }).catch(() => null);
      const said = await answer?.json().catch(() => null); // a proxy's page of errors is none of ours
      if (answer?.ok && said?.thread) return { ...said, token };
      const final = answer && answer.status < 500 && answer.status !== 429;
      if (final || tries === pauses.length) {
        tell({ refused: final ? said?.code ?? String(answer.status) : 'busy' });
        return null;
      }
      await sleep(pauses[tries]);
    }
  }

  function become(person) {
    me.known = true;
    me.in = person.in;
    thread = person.thread;
    auth.Authorization = 'Bearer ' + person.token;
    auth['Huiyin-Thread'] = person.in;
    // What she wrote as a visitor and was not sent yet goes on as hers, also when nothing had been sent before or what was is not
    // hers; the browser keeps nothing of it.
    me.queue = JSON.parse(store.get('queue') ?? '[]').map((m) => ({ ...m, in: person.begun || person.in }));
    wipe();
  }
  function wipe() { store.remove('token'); store.remove('queue'); }

  // refused handles an answer of 401: a person's token has expired, or a visitor's conversation has become a person's. It says
  // whether what was asked may be asked again later.
  async function refused(answer) {
    const { code } = await answer.clone().json().catch(() => ({}));
    if (code === 'signed_in') { // in another window of this browser
      if (auth.Authorization === 'Bearer ' + store.get('token')) store.remove('token');
      location.reload();
      return true;
    }
    if (!me.known) return false;
    if (!asked) { // once: the site's answer comes as a message
      asked = true;
      tell({ expired: true });
      expired(true);
    }
    return true;
  }

  async function hear({ identity, forget }) {
    if (!identity) {
      if (forget) wipe();
      if (me.known || forget) location.reload();
      return;
    }
    const person = await identify(identity);
    if (!person) return;
    if (person.thread !== thread) { location.reload(); return; }
    auth.Authorization = 'Bearer ' + identity;
    asked = false;
    expired(false);
    changed();
  }

  if (!site) return me;
  const first = await new Promise((done) => {
    addEventListener('message', (e) => {
      if (e.source !== parent || e.origin !== site || e.data?.huiyin?.identity === undefined) return;
      if (started) hear(e.data.huiyin);
      else { started = true; done(e.data.huiyin); }
    });
    setTimeout(() => { started = true; done({}); }, patience);
    tell({ ready: true });
  });
  if (first.forget) wipe();
  const person = first.identity ? await identify(first.identity) : null;
  if (person) become(person);
  // Going back to a page must not bring back what was there when somebody else was signed in.
  addEventListener('pageshow', (e) => { if (e.persisted && me.known) location.reload(); });
  return me;
}
