// Puts a chat button on any page: <script src="https://…/channels/web/widget.js" async></script>
// Who is signed in there says data-identity, or huiyin.identify(token or a function that gets one); huiyin.forget() signs out.
(() => {
  const self = document.currentScript;
  if (!self || document.getElementById('huiyin-widget')) return;
  const base = new URL('.', self.src);
  const lang = self.dataset.lang || navigator.language || 'en';
  const zh = /^zh\b/i.test(lang);
  const hant = /^zh-(hant|tw|hk|mo)\b/i.test(lang);
  const title = hant ? '聯繫客服' : zh ? '联系客服' : 'Chat with us';
  const side = self.dataset.side === 'left' ? 'left' : 'right';

  const host = document.createElement('div');
  host.id = 'huiyin-widget';
  const root = host.attachShadow({ mode: 'closed' });
  const sheet = new CSSStyleSheet(); // no inline style, so that a strict policy of the site allows it
  sheet.replaceSync(`
    :host { all: initial; }
    button { position: fixed; ${side}: 20px; bottom: calc(20px + env(safe-area-inset-bottom)); z-index: 2147483000; width: 58px; height: 58px; border: 0;
      border-radius: 50%; background: #0b6e5a; color: #fff; cursor: pointer; box-shadow: 0 6px 20px rgb(0 0 0 / .25); display: grid; place-items: center; }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; }
    .badge { position: absolute; top: -2px; right: -2px; min-width: 22px; height: 22px; padding: 0 6px; box-sizing: border-box; border-radius: 11px; background: #c62828;
      color: #fff; font: 600 13px/22px system-ui, sans-serif; text-align: center; }
    .badge[hidden] { display: none; }
    iframe { position: fixed; ${side}: 20px; bottom: 90px; z-index: 2147483000; width: 390px; height: min(640px, calc(100dvh - 110px)); border: 0; border-radius: 16px;
      box-shadow: 0 12px 48px rgb(0 0 0 / .28); background: Canvas; color-scheme: light dark; }
    iframe[hidden] { display: none; }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; }
      iframe:not([hidden]) ~ button { display: none; }
    }`);
  root.adoptedStyleSheets = [sheet];

  const frame = document.createElement('iframe');
  frame.title = title;
  frame.hidden = true;
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.innerHTML = '<svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true"><path fill="currentColor" d="M12 3C6.5 3 2 6.8 2 11.5c0 2.5 1.3 4.8 3.4 6.3L4.6 21.500l4.2-1.900c1 .3 2.100.4 3.200.4 5.500 0 10-3.800 10-8.500S17.500 3 12 3z"/></svg><span class="badge" hidden></span>';
  const badge = button.querySelector('.badge');
  root.append(frame, button);
  document.body.append(host);
  label(0);

  function label(unread) {
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? '99+' : unread;
    button.setAttribute('aria-label', unread ? (zh ? `${title}，${unread} ${hant ? '條' : '条'}新消息` : `${title}, ${unread} new messages`) : title);
  }
  function open(yes) {
    frame.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
    frame.contentWindow?.postMessage({ huiyin: { open: yes } }, base.origin);
    if (!yes) button.focus();
  }
  // Who is signed in: a token that the site's server made, kept here and in the frame's memory only.
  let token = self.dataset.identity || null, fetchToken = null, forget = false, round = 0;
  self.removeAttribute('data-identity'); // other scripts of the site have no use for it
  function hand() {
    frame.contentWindow?.postMessage({ huiyin: { identity: token, forget } }, base.origin);
  }
  // renew asks the site for a token; what comes after another call of identify or forget counts no more.
  async function renew() {
    const mine = ++round;
    let got = null;
    try { got = await fetchToken(); } catch (e) { console.error('huiyin: the function given to identify failed', e); }
    if (mine !== round) return;
    token = typeof got === 'string' && got ? got : null;
    hand();
  }
  const api = {
    identify(how) {
      forget = false;
      fetchToken = typeof how === 'function' ? how : null;
      if (fetchToken) { renew(); return; }
      round++;
      token = typeof how === 'string' && how ? how : null;
      hand();
    },
    forget() {
      round++;
      token = fetchToken = null;
      forget = true;
      hand();
    },
    push(call) { api[call[0]]?.(...call.slice(1)); }, // (window.huiyin ??= []).push(['identify', token]) works before this file has come
  };
  const early = window.huiyin;
  window.huiyin = api;
  if (Array.isArray(early)) early.forEach(api.push);
  addEventListener('pageshow', (e) => { if (e.persisted && fetchToken) renew(); });

  frame.src = new URL(`?embed=1&lang=${hant ? 'zh-Hant' : zh ? 'zh' : 'en'}`, base).href;
  button.addEventListener('click', () => open(frame.hidden));
  addEventListener('message', (e) => {
    if (e.origin !== base.origin || e.source !== frame.contentWindow || !e.data?.huiyin) return;
    if (e.data.huiyin.close) open(false);
    if (e.data.huiyin.ready && (token || !fetchToken)) { hand(); forget = false; } // else renew is about to
    if (e.data.huiyin.started && !frame.hidden) frame.contentWindow.postMessage({ huiyin: { open: true } }, base.origin);
    if (e.data.huiyin.expired) {
      if (fetchToken) renew();
      dispatchEvent(new CustomEvent('huiyin:expired'));
    }
    if (e.data.huiyin.refused) console.error(`huiyin: the identity token was refused (${e.data.huiyin.refused}); the log of the Huiyin server says why`);
    if (typeof e.data.huiyin.unread === 'number') label(e.data.huiyin.unread);
  });
})();
