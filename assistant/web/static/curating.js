// Changing the collection: files added by drop or button, facts corrected, files removed, the index made again.
let rows = 0;              // how many lines of the list are wanted; 0: as many as the program draws at first
let runs = -1;             // index runs that had ended when it was last asked
let taking = { largest: 0, suffixes: [] };
let following = 0, sending_files = false;
const waiting_files = [];

async function follow() {
  clearTimeout(following);
  let now;
  try { now = await (await fetch("indexing")).json(); } catch { return; }
  if (!("runs" in now)) return;
  taking = now;
  document.querySelectorAll(".indexing").forEach((place) => { if (place.dataset.html !== now.html) { place.innerHTML = now.html; place.dataset.html = now.html; } }); // escaped by the server
  if (runs >= 0 && now.runs !== runs) state();
  const drawn = $("#articles .sum")?.dataset.runs; // a run may have ended since the list was drawn
  if (drawn !== undefined && Number(drawn) !== now.runs) refreshed();
  runs = now.runs;
  if (now.running) following = setTimeout(follow, 1000);
}
let stale = false;         // the list has changed while a form was being filled in, which stays
function refreshed() {
  stale = Boolean($("#articles .correcting"));
  if (!stale) listArticles();
}
let acted = "";            // the article at which something was done: the focus returns there once the list is drawn anew
// the list has come: the languages that can be chosen
function listed(list) {
  if (acted && [null, document.body].includes(document.activeElement)) {
    const item = [...list.querySelectorAll(".files > li")].find((one) => one.dataset.article === acted);
    (item ? $(".correct-facts, button", item) : $("#article-search")).focus({ preventScroll: true });
  }
  const known = $(".sum", list)?.dataset.languages, choice = $("#article-language");
  if (!known || choice.dataset.known === known) return;
  const chosen = choice.value;
  choice.dataset.known = known;
  choice.replaceChildren(choice.options[0], ...JSON.parse(known).map(([code, name]) => new Option(name, code)));
  choice.value = chosen;
}

// ------------------------------------------------------------------ files
const toArticles = () => $('#tabs [role="tab"]:nth-of-type(3)').click();
function take(files) {
  if (!files.length) return;
  if (!$("#conversation .steps")) toArticles();
  for (const file of files) {
    const line = document.createElement("li");
    line.append(Object.assign(document.createElement("span"), { className: "file", textContent: file.name }), " ", Object.assign(document.createElement("span"), { className: "said" }));
    waiting_files.push([file, line]);
    placed(line);
  }
  if (!sending_files) sendAll();
}
// the view of the articles may only now be drawn
function placed(line) {
  const list = $("#conversation .steps .uploads") || $("#articles .uploads");
  list ? list.append(line) : setTimeout(placed, 100, line);
}
async function sendAll() {
  sending_files = true;
  await follow();
  while (waiting_files.length) {
    const [file, line] = waiting_files.shift();
    const said = $(".said", line);
    const suffix = file.name.includes(".") ? file.name.slice(file.name.lastIndexOf(".")).toLowerCase() : "";
    let why = "";
    if (taking.suffixes.length && !taking.suffixes.includes(suffix)) why = texts.not_added_type_short;
    else if (taking.largest && file.size > taking.largest) why = texts.not_added_size_short.replace("{most}", Math.floor(taking.largest / 1e6));
    const reply = why ? { why } : await sent(file, said);
    line.classList.toggle("bad", !reply.added);
    said.textContent = reply.added ? (reply.already ? texts.upload_already : texts.upload_done) : reply.why;
    if (reply.added) follow();
  }
  sending_files = false;
  follow();
}
function sent(file, said) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", "add?" + new URLSearchParams({ name: file.name }));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => { if (event.lengthComputable) said.textContent = texts.percent.replace("{n}", Math.round(100 * event.loaded / event.total)); };
    request.onload = () => { try { done(JSON.parse(request.responseText)); } catch { done({ why: texts.upload_failed }); } };
    request.onerror = request.onabort = () => done({ why: texts.upload_failed });
    request.send(file);
  });
}
function chooseFiles() {
  const field = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: taking.suffixes.join(",") });
  field.addEventListener("change", () => take([...field.files]));
  field.click();
}
const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
const curates = () => document.body.classList.contains("curates");
addEventListener("dragover", (event) => { if (carriesFiles(event)) { event.preventDefault(); document.body.classList.toggle("dropping", curates()); } }, true);
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); }, true);
addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  if (curates()) take([...event.dataTransfer.files]);
}, true);

// ------------------------------------------------------------------ facts
async function change_(path, body, place) {
  let reply;
  try { reply = await (await posted(path, body)).json(); } catch { reply = { done: false, why: texts.not_done }; }
  place?.querySelector(":scope > .error")?.remove();
  if (!reply.done && place) place.append(Object.assign(document.createElement("p"), { className: "error", role: "alert", textContent: reply.why || texts.not_done }));
  follow();
  return reply;
}
async function correctFacts(button) {
  const item = button.closest("li"), open = $(".correcting", item);
  if (open) return leaveCorrecting(open);
  let html = "";
  try { html = await (await fetch("correction?" + new URLSearchParams({ article: item.dataset.article }))).text(); } catch { return change_("index", {}, item); }
  item.append(parsed(html).firstElementChild); // escaped by the server
  button.setAttribute("aria-expanded", "true");
  $(".correcting input, .correcting", item).focus();
}
function leaveCorrecting(form) {
  const button = $(".correct-facts", form.closest("li"));
  form.remove();
  button.setAttribute("aria-expanded", "false");
  button.focus();
  acted = button.closest("li").dataset.article;
  if (stale) refreshed();
}
async function sendCorrection(form) {
  const facts = {};
  form.querySelectorAll("[name]").forEach((field) => {
    const before = field.matches("select") ? [...field.options].find((one) => one.defaultSelected)?.value : field.defaultValue;
    if (field.value.trim() !== before) facts[field.name] = field.value.trim();
  });
  if (!Object.keys(facts).length) return leaveCorrecting(form);
  const reply = await change_("correct", { article: form.dataset.article, facts });
  const error = $(".error", form);
  error.hidden = reply.done;
  error.textContent = reply.why || "";
  if (reply.done) leaveCorrecting(form); else $(`[name="${reply.field || "title"}"]`, form).focus();
}
// pressed once it asks, pressed again it removes
function removeFile(button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "1";
    button.textContent = texts.remove_file_sure;
    return;
  }
  button.disabled = true;
  change_("remove", { article: button.closest("li").dataset.article }, button.closest("li")).then((reply) => { button.disabled = reply.done; });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  acted = target.closest(".files > li")?.dataset.article || acted;
  if (target.matches(".add-files")) chooseFiles();
  else if (target.matches(".index-now")) { target.disabled = true; change_("index", { do: "all" }).then(() => { refreshed(); state(); }); }
  else if (target.matches(".to-articles")) toArticles();
  else if (target.matches(".stop-index")) change_("index", { do: "stop" });
  else if (target.matches(".correct-facts")) correctFacts(target);
  else if (target.matches(".leave-correcting")) leaveCorrecting(target.closest("form"));
  else if (target.matches(".undo")) { target.disabled = true; change_("correct", { article: target.closest("li").dataset.article, facts: { [target.dataset.field]: null } }, target.closest("li")); }
  else if (target.matches(".remove-file")) removeFile(target);
  else if (target.matches(".show-more")) { rows = Number(target.dataset.shown); listArticles(); }
});
document.addEventListener("submit", (event) => { if (event.target.matches(".correcting")) { event.preventDefault(); sendCorrection(event.target); } });
document.addEventListener("change", (event) => { if (event.target.matches("#article-language, #article-sort")) { rows = 0; listArticles(); } });
