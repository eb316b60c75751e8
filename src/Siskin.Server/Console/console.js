// The page works without this script; with it, lists change in place and show what moved.
(() => {
  'use strict';
  let pending = null;
  document.documentElement.classList.add('js');

  function places(page) {
    const map = new Map();
    page.querySelectorAll('.items > li').forEach((li, i) => map.set(li.dataset.item, i));
    return map;
  }

  // Marks what is new or moved, when both lists are of the same user and scene.
  function compare(before, after) {
    const old = places(before);
    if (before.dataset.list !== after.dataset.list || old.size === 0) {
      return;
    }

    let entered = 0;
    const items = [...after.querySelectorAll('.items > li')];
    items.forEach((li, i) => {
      const move = li.querySelector('.move');
      if (!old.has(li.dataset.item)) {
        entered++;
        li.classList.add('entered');
        move.textContent = 'new';
      } else if (old.get(li.dataset.item) !== i) {
        const up = old.get(li.dataset.item) - i;
        move.textContent = (up > 0 ? '▲' : '▼') + Math.abs(up);
        move.title = (up > 0 ? 'up ' : 'down ') + Math.abs(up);
      }
    });
    const change = after.querySelector('[data-change]');
    if (change) {
      change.textContent = `${entered} of ${items.length} recommendations are new.`;
    }
  }

  function say(text) {
    const box = document.createElement('p');
    box.className = 'box alert';
    box.setAttribute('role', 'alert');
    box.textContent = text;
    document.querySelector('main').prepend(box);
  }

  async function swap(url, init, remember) {
    pending?.abort();
    const mine = pending = new AbortController();
    const before = document.getElementById('page');
    before.setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(url, { ...init, signal: mine.signal });
      const text = await response.text();

      // The style is there already, and this page's policy does not know the nonce of the other's.
      const fetched = new DOMParser().parseFromString(text.replace(/<style[^]*?<\/style>/, ''), 'text/html');
      const after = fetched.getElementById('page');
      if (!after) {
        throw new Error(`The server answered ${response.status}: ${text.slice(0, 200)}`);
      }

      compare(before, after);
      before.querySelectorAll('details[id][open]').forEach(d => after.querySelector('#' + d.id)?.setAttribute('open', ''));
      const focused = document.activeElement?.id;
      before.replaceWith(after);
      document.title = fetched.title;
      if (remember) {
        history[remember](null, '', response.url);
      }

      const target = document.getElementById('note') ?? (focused ? document.getElementById(focused) : null);
      target?.focus({ preventScroll: true });
    } catch (e) {
      if (e.name !== 'AbortError') {
        before.removeAttribute('aria-busy');
        say(e instanceof TypeError ? 'The server does not answer.' : e.message);
      }
    }
  }

  function send(form, button) {
    const data = new FormData(form, button);
    if (form.method === 'post') {
      swap(form.action, { method: 'POST', body: new URLSearchParams(data) }, 'replaceState');
    } else {
      swap(location.pathname + '?' + new URLSearchParams(data), {}, 'pushState');
    }
  }

  document.addEventListener('click', e => {
    const link = e.target.closest('a[data-swap]');
    if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey && !e.altKey && e.button === 0) {
      e.preventDefault();
      swap(link.href, {}, 'pushState');
    }
  });
  document.addEventListener('submit', e => {
    e.preventDefault();
    send(e.target, e.submitter);
  });
  document.addEventListener('change', e => {
    const form = e.target.closest('form[data-live]');
    if (form?.reportValidity()) {
      send(form);
    }
  });
  addEventListener('popstate', () => swap(location.href, {}, null));

  let typing = 0;
  document.addEventListener('input', e => {
    if (e.target.type === 'range') {
      e.target.nextElementSibling.textContent = e.target.value;
    }

    if (e.target.id !== 'user') {
      return;
    }

    // A suggestion that was chosen comes as a replacement, or as no text input at all.
    const list = document.getElementById('users');
    const chosen = [...list.options].some(o => o.value === e.target.value);
    if (chosen && (!e.inputType || e.inputType === 'insertReplacementText')) {
      e.target.form.requestSubmit();
      return;
    }

    clearTimeout(typing);
    typing = setTimeout(async () => {
      const path = document.getElementById('page').dataset.users;
      const response = await fetch(path + '?' + new URLSearchParams({ q: e.target.value })).catch(() => null);
      if (response?.ok) {
        const options = (await response.json()).map(user => Object.assign(document.createElement('option'), { value: user }));
        document.getElementById('users')?.replaceChildren(...options);
      }
    }, 120);
  });
})();
