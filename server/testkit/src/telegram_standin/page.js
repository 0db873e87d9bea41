// The chat page of the stand-in: people without phones. Asks for news every second.
'use strict';
const words = {
  ru: { title: 'бот без Телеграма', name: 'Имя', open: 'Новый чат', write: 'Сообщение', send: 'Отправить', photo: 'Фото', nobody: 'Откройте чат', block: 'Заблокировать бота', unblock: 'Разблокировать', contact: 'Контакт', waiting: 'Ждут доставки', down: 'Сервер не отвечает', fine: 'Доставка работает' },
  uz: { title: 'Telegramsiz bot', name: 'Ism', open: 'Yangi chat', write: 'Xabar', send: 'Yuborish', photo: 'Surat', nobody: 'Chat oching', block: 'Botni bloklash', unblock: 'Blokdan chiqarish', contact: 'Kontakt', waiting: 'Yetkazilishi kutilmoqda', down: 'Server javob bermayapti', fine: 'Yetkazish ishlayapti' },
  en: { title: 'the bot without Telegram', name: 'Name', open: 'New chat', write: 'Message', send: 'Send', photo: 'Photo', nobody: 'Open a chat', block: 'Block the bot', unblock: 'Unblock', contact: 'Contact', waiting: 'Waiting for delivery', down: 'The server does not answer', fine: 'Deliveries work' },
};
const lang = (navigator.languages || []).map(l => l.slice(0, 2)).find(l => words[l]) || 'ru';
const t = words[lang];
const $ = id => document.getElementById(id);
document.documentElement.lang = lang;
for (const e of document.querySelectorAll('[data-t]')) e.textContent = t[e.dataset.t];
for (const e of document.querySelectorAll('[data-p]')) { e.placeholder = t[e.dataset.p]; e.setAttribute('aria-label', t[e.dataset.p]); }
for (const e of document.querySelectorAll('[data-l]')) e.title = t[e.dataset.l];

let current = Number(location.hash.slice(1)) || 0, shown = '', list = '', notes = null;
const ask = async (path, body) => {
  const json = body && !(body instanceof FormData);
  const answer = await fetch('/control/' + path, body ? { method: 'POST', body: json ? JSON.stringify(body) : body, headers: json ? { 'content-type': 'application/json' } : {} } : {});
  return answer.json();
};
const act = async (path, body) => {
  const answer = await ask(path, body instanceof FormData ? body : { chat_id: current, ...body });
  if (answer.error) say(answer.error);
  refresh();
};
const make = (tag, props, ...children) => { const e = Object.assign(document.createElement(tag), props); e.append(...children); return e; };
let hide;
function say(text) { $('note').textContent = text; $('note').hidden = false; clearTimeout(hide); hide = setTimeout(() => { $('note').hidden = true; }, 4000); }
function pick(id) { current = id; shown = list = ''; notes = null; location.hash = id; refresh(); }

function down() { $('messages').scrollTop = $('messages').scrollHeight; }

function bubble(m) {
  const body = make('div', { className: 'bubble' });
  if (m.photo) body.append(make('img', { src: '/control/file/' + m.photo, alt: t.photo, onload: down }));
  if (m.contact) body.append(`${t.contact}: ${m.contact.phone_number}`);
  // Parsed and escaped by the stand-in.
  body.insertAdjacentHTML('beforeend', m.html);
  body.append(make('time', { textContent: new Date(m.date * 1000).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' }) }));
  const row = make('li', { className: m.from_bot ? '' : 'mine' }, body);
  if (m.buttons) row.append(make('div', { className: 'buttons' }, ...m.buttons.map(line => make('div', {}, ...line.map(b =>
    make('button', { type: 'button', textContent: b.text, onclick: () => act('press', { message_id: m.message_id, data: b.callback_data }) }))))));
  return row;
}

function draw(chat) {
  const state = JSON.stringify([chat.messages, chat.keyboard, chat.blocked]);
  if (notes !== null && chat.notes.length > notes) say(chat.notes[chat.notes.length - 1]);
  notes = chat.notes.length;
  if (state === shown) return;
  shown = state;
  $('who').textContent = `${chat.first_name} · ${chat.phone}`;
  $('block').hidden = false;
  $('block').textContent = chat.blocked ? t.unblock : t.block;
  $('block').onclick = () => act('block', { blocked: !chat.blocked });
  $('messages').replaceChildren(...chat.messages.map(bubble));
  down();
  $('keyboard').replaceChildren(...(chat.keyboard || []).map(line => make('div', {}, ...line.map(k =>
    make('button', { type: 'button', textContent: k.text, onclick: () => k.request_contact ? act('send_contact', {}) : act('send_text', { text: k.text }) })))));
  for (const e of $('write').querySelectorAll('input, button')) e.disabled = false;
}

async function refresh() {
  try {
    const [chats, info] = [await ask('chats'), await ask('info')];
    const state = JSON.stringify([chats, current]);
    if (state !== list) {
      list = state;
      $('chats').replaceChildren(...chats.map(c => {
        const b = make('button', { type: 'button', onclick: () => pick(c.chat_id) }, make('span', { textContent: `${c.first_name} · ${c.phone}` }), make('small', { textContent: c.last || '' }));
        b.setAttribute('aria-current', c.chat_id === current);
        return b;
      }));
      if (!$('phones').children.length) $('phones').append(...info.phones.map(p => make('option', { value: p })));
    }
    $('state').textContent = info.pending ? `${t.waiting}: ${info.pending}${info.last_error ? '. ' + info.last_error : ''}` : t.fine;
    if (chats.some(c => c.chat_id === current)) draw(await ask('chat/' + current));
  } catch { $('state').textContent = t.down; }
}

$('new').onsubmit = async event => {
  event.preventDefault();
  const form = new FormData(event.target);
  const { chat_id } = await ask('chat', { first_name: form.get('first_name'), phone: form.get('phone'), lang });
  event.target.reset();
  pick(chat_id);
  act('send_text', { text: '/start' });
};
$('write').onsubmit = event => {
  event.preventDefault();
  const input = event.target.elements.text;
  if (input.value.trim()) act('send_text', { text: input.value });
  input.value = '';
};
document.querySelector('.photo input').onchange = event => {
  const form = new FormData();
  form.append('chat_id', current);
  form.append('caption', $('write').elements.text.value);
  for (const file of event.target.files) form.append('photo', file);
  if (event.target.files.length && current) act('send_photo', form);
  $('write').elements.text.value = '';
  event.target.value = '';
};
refresh();
setInterval(refresh, 1000);
