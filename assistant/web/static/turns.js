// The server sends whole turns as HTML that it has escaped; they are merged into what is shown, so that an opened
// fold, a selection and the keyboard's focus survive while an answer grows.
const $ = (selector, root = document) => root.querySelector(selector);
const posted = (path, body) => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const sources = new Map(); // turn element -> HTML of its sources
let shown = null;          // the turn whose sources are in the panel
let opener = null;         // what had the focus before the article was opened
let texts = {};
let limits = {};           // id of a box -> how many characters of it are read

let api = {};              // what Gradio offers this page, see place.js

// ------------------------------------------------------------------ merging
const own = (name) => name.startsWith("data-ui-");
function merge(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to);
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.isEqualNode(to)) return;
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !own(name) && !(name === "open" && from.dataset.uiTouched)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value && !(name === "open" && from.dataset.uiTouched)) from.setAttribute(name, value);
  const old = [...from.childNodes], fresh = [...to.childNodes];
  fresh.forEach((node, i) => (i < old.length ? merge(old[i], node) : from.append(node)));
  old.slice(fresh.length).forEach((node) => node.remove());
}
function parsed(html) {
  const section = document.createElement("section");
  section.innerHTML = html;
  return section;
}

// ------------------------------------------------------------------ turns
const scroller = () => (innerWidth > 1000 ? $("#talk") : document.documentElement);
// on a narrow screen the sources stand below the conversation
const below = () => (innerWidth > 1000 ? 0 : $("#side").offsetHeight);
const end = (box) => box.scrollHeight - box.clientHeight - below();
const atEnd = () => scroller().scrollTop >= end(scroller()) - 120;
const toEnd = () => scroller().scrollTo({ top: end(scroller()) });
// a finished answer is read from its question on, where it is higher than the screen
function toAnswer(turn) {
  const box = scroller(), top = box === document.documentElement ? 0 : box.getBoundingClientRect().top;
  box.scrollTo({ top: Math.min(end(box), turn.getBoundingClientRect().top - top + box.scrollTop) });
}
function show(box, change, alone = true) {
  let turn = box.querySelector(`:scope > [data-turn="${CSS.escape(change.turn)}"]`);
  const begins = !turn;
  if (begins) {
    turn = document.createElement("section");
    turn.className = "turn";
    turn.dataset.turn = change.turn;
    box.append(turn);
  }
  const fresh = parsed(change.html);
  for (const { name, value } of turn.attributes) fresh.setAttribute(name, value);
  fresh.dataset.state = change.state;
  if (change.replaced) fresh.dataset.uiReplaced = texts.replaced;
  merge(turn, fresh);
  sources.set(turn, change.sources);
  if (change.turn === "check") box.setAttribute("aria-busy", String(change.state === "searching" || change.state === "writing"));
  if (alone && (begins || shown === turn)) panel(turn);
  return begins;
}
// turns that come before those that are shown; what is read stays where it is on the screen
function prepend(box, value) {
  const first = $(".turn", box), was = first.getBoundingClientRect().top, made = document.createElement("div");
  value.earlier.forEach((change) => { if (!$(`[data-turn="${CSS.escape(change.turn)}"]`, box)) show(made, change, false); });
  const begun = made.firstElementChild;
  first.before(...made.childNodes);
  before(box, value.left);
  scroller().scrollTop += first.getBoundingClientRect().top - was;
  (begun || first).querySelector("button")?.focus({ preventScroll: true });
}
function before(box, count) {
  box.querySelector(":scope > .earlier")?.remove();
  if (!count) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "earlier plain", textContent: texts.earlier.replace("{n}", count) });
  button.dataset.before = count;
  box.prepend(button);
}
function apply(box, value) {
  if (!value) return;
  const stay = atEnd();
  let begins = false;
  if (value.turns) {
    box.replaceChildren();
    panel(null);
    close();
    value.turns.forEach((change) => show(box, change, false));
    before(box, value.left);
    panel(box.lastElementChild);
    begins = value.turns.length > 0;
  } else if (value.earlier) return prepend(box, value);
  else if (value.turn) begins = show(box, value);
  if (box.closest("#conversation")) followed(value);
  document.body.classList.toggle("begun", !!$("#conversation .turn"));
  if ((stay || begins) && box.closest("#conversation")) value.state === "done" ? toAnswer(box.lastElementChild) : toEnd();
}

// ------------------------------------------------------------------ sources
function panel(turn) {
  const cards = $("#sources .cards");
  shown = turn;
  const html = turn && sources.get(turn);
  const empty = `<p class="hint" data-text="${document.body.dataset.tab === "2" ? "article_empty" : "sources_empty"}"></p>`;
  const fresh = parsed(html || empty);
  const holder = document.createElement("div");
  holder.className = "cards";
  holder.append(...fresh.childNodes);
  if (cards) merge(cards, holder);
  translate();
}
// beside each view stand its own sources
function beside(view) {
  document.body.dataset.tab = view;
  const turns = document.querySelectorAll(["#conversation .turn", "#checked .turn"][view] || "none");
  if (!shown || ![...turns].includes(shown)) panel(turns[turns.length - 1] || null);
}
function card(n) {
  document.querySelectorAll("#sources [data-ui-chosen]").forEach((node) => delete node.dataset.uiChosen);
  const chosen = $(`#sources article.source[data-n="${CSS.escape(n)}"]`);
  if (!chosen) return;
  chosen.dataset.uiChosen = "";
  const box = $("#sources");
  box.scrollTo({ top: chosen.offsetTop - box.offsetTop - 12, behavior: calm() });
}
function toSources(turn) {
  if (turn && turn !== shown) panel(turn);
  $("#sources").scrollIntoView({ behavior: calm() });
  $("#sources").focus({ preventScroll: true });
}
const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
