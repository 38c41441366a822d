// Editing articles: a preview while one writes, Ctrl + S, and a word before unsaved text is left.

const form = document.getElementById('article') ?? document.getElementById('words');

for (const body of document.querySelectorAll('[data-preview]')) {
  const preview = document.getElementById(body.dataset.preview);
  let timer, number = 0;
  body.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++number;
      const answer = await fetch(body.dataset.from ?? '/console/kb/preview', { method: 'POST', headers: { 'X-Fragment': '1' }, body: new URLSearchParams({ text: body.value }) }).catch(() => null);
      if (answer?.ok && mine === number) preview.innerHTML = await answer.text(); // sanitised by the server
    }, 300);
  });
}

if (form) {
  let changed = false;
  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('submit', () => { changed = false; });
  addEventListener('beforeunload', (e) => { if (changed) e.preventDefault(); });
  addEventListener('keydown', (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === 's') {
      e.preventDefault();
      form.requestSubmit(form.querySelector('.bar button'));
    }
  });
}

document.querySelector('[data-back]')?.addEventListener('click', () => history.back());
for (const select of document.querySelectorAll('.filters select')) select.addEventListener('change', () => select.form.submit());
