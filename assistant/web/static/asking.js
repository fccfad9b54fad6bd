// Asking: the box, what is asked next, questions asked again or edited, and what the search is limited to.
let busy = false;          // an answer is being written, or a question is on its way
let sending = null;        // what is on its way and not taken yet
let next = "";             // what is asked once the answer is there
let editing = "";          // key of the turn whose question is being edited
let filters = {};          // as types.Filters

const box = () => $("#question textarea");
function fill(words) {
  box().value = words;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}
const chosen = () => Object.fromEntries(Object.entries(filters).filter(([, value]) => value && value.length));
function ask(question, again = "", width = 1) {
  if (busy || restoring) return later(question);
  setBusy(true);
  sending = { question, again };
  // turns that are asked again stay where they are, and are no part of what goes on
  api.ask({ question, again, width, model, filters: chosen() });
}
function setBusy(on) {
  busy = on;
  document.body.classList.toggle("busy", on);
  $("#conversation .turns")?.setAttribute("aria-busy", String(on));
}
function send() {
  const question = box().value.trim();
  if (tooLong("question")) return;
  if (!question) return say("question", busy ? "" : texts.empty_question);
  if (busy || restoring) { later(question); fill(""); return; }
  ask(question, editing);
}
// the question has been handed over
function taken() {
  if (!sending) return;
  if (box().value.trim() === sending.question) fill("");
  if (sending.again) {
    let found = false;
    for (const turn of document.querySelectorAll("#conversation .turn")) {
      found ||= turn.dataset.turn === sending.again;
      if (found) turn.dataset.uiReplaced = texts.replaced;
    }
  }
  edit("");
  sending = null;
}
// it was not: it goes back into the box, unless something else stands there
function notTaken() {
  if (!sending) return;
  if (!box().value.trim()) fill(sending.question);
  sending = null;
  setBusy(false);
}
function later(question) {
  next = question;
  $("#next .words").textContent = question;
  $("#next").hidden = !question;
}
function takeBack() {
  if (next && !box().value.trim()) fill(next);
  later("");
  box().focus();
}
function edit(key) {
  editing = key;
  $("#editing").hidden = !key;
}
// an answer has grown, ended or been restored
function followed(value) {
  located(value);
  if (value.turns) {
    const waiting = restoring ? next : "";
    clearTimeout(restoring);
    restoring = 0;
    setBusy(false);
    later("");
    edit("");
    say("question", value.said || "");
    if ("filters" in value) { filters = value.filters || {}; chips(); }
    if (waiting) ask(waiting);
    return;
  }
  if (!value.turn) { // it was not taken after all
    setBusy(false);
    say("question", value.said);
    if (!box().value.trim()) fill(value.question);
    return;
  }
  const writing = value.state === "searching" || value.state === "writing";
  const ended = busy && !writing;
  setBusy(writing);
  if (!ended || !next) return;
  if (value.state === "stopped") return takeBack();
  const question = next;
  later("");
  ask(question);
}

// ------------------------------------------------------------------ what the search is limited to
async function openFilters() {
  const form = $("#filters .form");
  try { form.innerHTML = await (await fetch("filters")).text(); } // escaped by the server
  catch { return; }
  for (const field of form.querySelectorAll("[name]")) if (filters[field.name]) field.value = filters[field.name];
}
function limit(field) {
  if (field.name === "article") {
    const known = [...document.querySelectorAll("#article-names option")].some((option) => option.value === field.value);
    if (!known) return;
    filters.articles = [...new Set([...(filters.articles || []), field.value])].slice(0, 50);
    field.value = "";
  } else filters[field.name] = field.value || null;
  chips();
}
function chips() {
  const day = (value) => new Date(value + "T12:00").toLocaleDateString(texts.dates_as_in, { day: "numeric", month: "long", year: "numeric" }).replace(/^1\b/, texts.first_of_month);
  const named = [
    filters.since && ["since", texts.filter_since.replace("{value}", day(filters.since))],
    filters.until && ["until", texts.filter_until.replace("{value}", day(filters.until))],
    filters.language && ["language", new Intl.DisplayNames([texts.language], { type: "language" }).of(filters.language)],
    filters.folder && ["folder", texts.filter_folder.replace("{value}", filters.folder)],
    ...(filters.articles || []).map((name) => ["articles", name]),
  ].filter(Boolean);
  $("#chips").replaceChildren(...named.map(([key, words]) => {
    const item = document.createElement("li"), button = document.createElement("button");
    Object.assign(button, { type: "button", className: "chip", textContent: words });
    button.setAttribute("aria-label", texts.remove.replace("{value}", words));
    Object.assign(button.dataset, { key, value: words });
    item.append(button);
    return item;
  }));
}
function unlimit(chip) {
  const { key, value } = chip.dataset;
  if (key === "articles") filters.articles = filters.articles.filter((name) => name !== value);
  else filters[key] = null;
  const field = $(`#filters [name="${key}"]`);
  if (field) field.value = "";
  chips();
  ($("#chips .chip") || $("#filters summary")).focus();
}
function unlimitAll() {
  filters = {};
  $("#filters form")?.reset();
  chips();
}

// ------------------------------------------------------------------ what the program would not take is said at once
function say(id, words) {
  let line = document.getElementById(`${id}-said`);
  if (!line && !words) return;
  if (!line) {
    line = Object.assign(document.createElement("p"), { id: `${id}-said`, className: "error said" });
    line.setAttribute("role", "alert");
    if (id === "question") $("#composer").append(line);
    else document.getElementById(id).after(line);
  }
  line.hidden = !words;
  if (line.textContent !== words) line.textContent = words;
}
const counted = (id) => [...$(`#${id} textarea`).value.trim()].length;
const filled = (words, count, limit) => words.replace("{count}", count.toLocaleString(texts.language)).replace("{limit}", limit.toLocaleString(texts.language));
function tooLong(id) {
  const count = counted(id), limit = limits[id] ?? Infinity;
  say(id, count > limit ? filled(texts.too_long, count, limit) : "");
  // how much room is left is told before it is used up
  if (id === "question") $("#left").textContent = count > 0.8 * limit && count <= limit ? filled(texts.characters_left, count, limit) : "";
  return count > limit;
}
function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}
addEventListener("input", (event) => {
  const field = event.target.closest?.("#question, #check-text");
  if (field) tooLong(field.id);
  if (field?.id === "question") document.body.classList.toggle("typing", !!box().value.trim());
}, true);
addEventListener("click", (event) => {
  const id = event.target.closest?.("#send, #check")?.id;
  if (id === "send") { hold(event); send(); refocus(); }
  else if (id === "check" && tooLong("check-text")) hold(event);
}, true);
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.closest?.("#question")) return;
  hold(event);
  send();
}, true);
// Gradio tells nobody when a question could not be handed over
const asked = window.fetch;
window.fetch = async (...given) => {
  const address = String(given[0]?.url ?? given[0]);
  if (address.includes("/gradio_api/queue/data")) {
    const reply = await asked(...given);
    if (reply.ok) overhear(reply);
    return reply;
  }
  if (!address.includes("/gradio_api/queue/join")) return asked(...given);
  heard = Date.now();
  const id = sending ? "question" : "check-text";
  try {
    const reply = await asked(...given);
    const full = reply.status === 429 || reply.status === 503;
    say(id, reply.ok ? "" : full ? texts.not_taken_busy : texts.not_taken);
    reply.ok ? taken() : notTaken();
    return reply;
  } catch (error) {
    say(id, texts.not_reached);
    notTaken();
    broken = true;
    state();
    throw error;
  }
};
