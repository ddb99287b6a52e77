"""How the overview of a batch looks, and the script that sorts and filters its table."""

STYLE = """
main { max-width: 90rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 .4rem; }
.tile { font: inherit; color: inherit; text-align: left; background: var(--card); border: 1px solid var(--line);
  border-top: 4px solid var(--tone); border-radius: 6px; padding: .5rem .9rem; min-width: 8.5rem; cursor: pointer; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); } .tile:disabled { opacity: .55; cursor: default; }
.tile[aria-pressed=true], .kinds button[aria-pressed=true] { outline: 2px solid var(--own); }
.t-ok { --tone: var(--good); } .t-differs { --tone: var(--bad); } .t-unrecognised { --tone: var(--warn); }
.t-error { --tone: var(--broken); } .t-new { --tone: var(--bad); } .t-known { --tone: var(--line); }
:root { --broken: #7b3fa0; } @media (prefers-color-scheme: dark) { :root { --broken: #cf9df0; } }
.error { color: var(--broken); }
.share { display: flex; height: .55rem; border-radius: 4px; overflow: hidden; gap: 2px; margin-bottom: .4rem; }
.share i { background: var(--tone); min-width: 3px; }
.columns { display: flex; flex-wrap: wrap; gap: 0 2.5rem; align-items: flex-start; }
.columns > section { flex: 1 1 24rem; min-width: 0; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.kinds { width: 100%; max-width: 40rem; } .kinds th, .kinds td { border-width: 0 0 1px; } .kinds td.bar { width: 45%; }
.kinds .bar i { display: block; height: .7rem; margin-top: .4rem; border-radius: 3px; background: var(--bad);
  min-width: 2px; } .kinds .bar i.w { background: var(--warn); height: .35rem; margin-top: .1rem; }
.kinds button, th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
  text-align: inherit; } .kinds button { text-decoration: underline dotted; text-underline-offset: .2em; }
.kinds button:disabled, th button:disabled { cursor: default; text-decoration: none; }
.list { list-style: none; padding: 0; } .list li { border-bottom: 1px solid var(--line); padding: .3rem 0; }
.list .n { float: right; padding-left: 1rem; color: var(--soft); }
a { color: var(--own); overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: center; margin: .6rem 0; }
.tools[hidden] { display: none; }
.tools input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: 4px; padding: .25rem .6rem; flex: 1 1 18rem; max-width: 34rem; }
.tools button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 4px; padding: .25rem .7rem; cursor: pointer; }
.all { width: 100%; } .all th, .all td { border-width: 0 0 1px; }
.all thead th { position: sticky; top: 0; background: var(--paper); z-index: 1; }
.all td:nth-child(2) { width: 38%; min-width: 14rem; overflow-wrap: anywhere; } .all td { padding: .35rem .5rem; }
.all th, .all td:first-child, .kinds td:first-child { white-space: nowrap; }
.all .soft { display: block; font-size: .85em; }
.all tr { content-visibility: auto; contain-intrinsic-size: auto 2rem; }
.all th button::after { content: " ↕"; opacity: .35; } .all th button:disabled::after { content: ""; }
.all th[aria-sort=ascending] button::after { content: " ↑"; opacity: 1; }
.all th[aria-sort=descending] button::after { content: " ↓"; opacity: 1; }
.badge { font-size: .75rem; border-radius: 4px; padding: 0 .35rem; border: 1px solid var(--line); color: var(--soft); }
.badge.new { color: var(--bad); border-color: var(--bad); } .none { padding: 1rem; color: var(--soft); }
@media (max-width: 50rem) { .all .late { display: none; } .wide { overflow-x: auto; }
  .all td:nth-child(2) { width: auto; min-width: 9rem; } .all td:nth-child(5) { min-width: 12rem; }
  .tile { flex: 1 1 40%; min-width: 0; } }
@media print { .tools { display: none; } .all thead th { position: static; } .all tr { break-inside: avoid; } }
"""

SCRIPT = """
'use strict';
(() => {
  const table = document.querySelector('table.all');
  if (!table) return;
  const body = table.tBodies[0], rows = [...body.rows];
  const input = document.querySelector('.tools input'), shown = document.querySelector('.tools output');
  const none = document.querySelector('.none'), reset = document.querySelector('.tools button');
  const texts = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  const chosen = {verdict: '', kind: ''};
  const pickers = [...document.querySelectorAll('button[data-pick]')];
  const number = new Intl.NumberFormat('en');
  const wanted = (row, words) => (!chosen.verdict || row.dataset.state.split(' ').includes(chosen.verdict)) &&
    (!chosen.kind || row.dataset.kinds.split(' ').includes(chosen.kind)) &&
    words.every(word => texts.get(row).includes(word));
  const filter = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) { const show = wanted(row, words); row.hidden = !show; count += show; }
    shown.textContent = `${number.format(count)} of ${number.format(rows.length)} workbooks`;
    none.hidden = count > 0;
    reset.hidden = !(words.length || chosen.verdict || chosen.kind);
    for (const one of pickers) one.setAttribute('aria-pressed', String(chosen[one.dataset.pick] === one.value));
  };
  for (const one of pickers) one.addEventListener('click', () => {
    chosen[one.dataset.pick] = chosen[one.dataset.pick] === one.value ? '' : one.value;
    filter();
    table.closest('section').scrollIntoView({block: 'start'});
  });
  const key = (row, column) => row.cells[column].dataset.key;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstElementChild.addEventListener('click', () => {
    const numeric = head.classList.contains('n');
    const before = head.getAttribute('aria-sort');
    const up = before ? before === 'descending' : !numeric;
    const collator = new Intl.Collator('en', {numeric: true});
    const compare = numeric ? (a, b) => a - b : collator.compare;
    rows.sort((a, b) => (up ? 1 : -1) * compare(key(a, column), key(b, column)));
    for (const one of heads) one.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    body.append(...rows);
  }));
  input.addEventListener('input', filter);
  reset.addEventListener('click', () => {
    input.value = chosen.verdict = chosen.kind = '';
    filter();
  });
  document.querySelector('.tools').hidden = false;
  for (const one of document.querySelectorAll('button:disabled:not(.empty)')) one.disabled = false;
  filter();
})();
"""
