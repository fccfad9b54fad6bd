// The rest: texts, state, feedback, copying, and what is done where something is clicked or pressed.
function translate() {
  document.querySelectorAll("[data-text]").forEach((node) => { if (texts[node.dataset.text]) node.textContent = texts[node.dataset.text]; });
  document.querySelectorAll("[data-label]").forEach((node) => { if (texts[node.dataset.label]) { node.setAttribute("aria-label", texts[node.dataset.label]); if (node.matches("input")) node.placeholder = texts[node.dataset.label]; } });
}
// the one word of Gradio's own tabs
function nameTabs() {
  $("#tabs .overflow-menu > button")?.setAttribute("aria-label", texts.more_tabs);
}
let asking = 0;            // when the state is asked for next
async function state() {
  clearTimeout(asking);
  let settled = false;
  try {
    const now = await (await fetch("state", { signal: AbortSignal.timeout(8000) })).json();
    const first = !texts.language;
    texts = now.texts;
    limits = now.limits;
    greet(now.user);
    document.body.classList.toggle("curates", now.curates);
    document.documentElement.lang = texts.language;
    translate();
    nameTabs();
    dress();
    const status = $("#status");
    if (status.dataset.html !== now.status) { status.innerHTML = now.status; status.dataset.html = now.status; nameModel(); } // escaped by the server
    status.dataset.ready = String(now.ready);
    const welcome = $("#conversation .welcome");
    if (welcome && welcome.dataset.html !== now.welcome) { welcome.innerHTML = now.welcome; welcome.dataset.html = now.welcome; if ($(".indexing", welcome)) follow(); }
    settled = now.settled;
    if ($("#articles .indexing")?.checkVisibility()) follow(); // another tab may have begun to index
    found(now.program);
    listen();
    if (first) { draft(); recall().then(nameModel); }
  } catch (error) { missed(error); }
  clearTimeout(asking);
  asking = setTimeout(state, lost ? 2000 : busy ? 3000 : settled ? 15000 : 1000);
}
function retry(button) {
  if (lost) return state();
  button.disabled = true;
  posted("retry", { again: true }).then(() => setTimeout(state, 600), lose);
}
const post = (body) => posted("feedback", body);
function thumb(button) {
  const foot = button.closest(".foot"), chosen = button.getAttribute("aria-pressed") !== "true";
  foot.querySelectorAll(".thumb").forEach((other) => other.setAttribute("aria-pressed", String(other === button && chosen)));
  const form = $(".correction", foot.closest(".turn"));
  if (form) { form.hidden = !(chosen && button.dataset.thumb === "down"); if (!form.hidden) $("textarea", form).focus(); }
  post({ answer: button.dataset.answer, thumb: chosen ? button.dataset.thumb : null }).then((reply) => unkept(foot, reply.ok));
}
function unkept(foot, ok) {
  foot.querySelector(".error")?.remove();
  if (!ok) foot.append(Object.assign(document.createElement("span"), { className: "error", textContent: texts.not_kept }));
}
async function correct(form) {
  const correction = $("textarea", form).value.trim();
  const reasons = [...form.querySelectorAll("[name=reason]:checked")].map((tick) => tick.value);
  const reply = await post({ answer: form.dataset.answer, thumb: "down", reasons, ...(correction ? { correction } : {}) }).catch(() => ({ ok: false }));
  form.querySelector(".said")?.remove();
  if (reply.ok) form.append(Object.assign(document.createElement("p"), { className: "hint said", role: "status", textContent: form.dataset.thanks }));
  unkept($(".foot", form.closest(".turn")), reply.ok);
}
// the answer as the page shows it, where the program keeps none of it
function drawn(button) {
  const turn = button.closest(".turn");
  const cards = parsed(sources.get(turn) || "");
  const list = [...cards.querySelectorAll("article.source")].map((s) => `[${s.dataset.n}] ${$("h3", s).textContent.trim().replace(/^\d+\s*/, "")} — ${$(".from", s).textContent.trim()}`);
  const body = parsed(($(".answer", turn) || $(".refusal", turn) || turn).innerHTML);
  // sentences set aside are in a fold of their own: nothing of them is copied
  body.querySelectorAll(".note, details, .instead, .badge, .label").forEach((n) => n.remove());
  body.querySelectorAll(".citation").forEach((n) => n.replaceWith(` [${n.dataset.n}]`));
  body.querySelectorAll("li").forEach((n) => n.prepend("- "));
  body.querySelectorAll("td, th").forEach((n) => n.nextElementSibling && n.append(" | "));
  body.querySelectorAll("p, li, tr, pre, footer, h1, h2, h3, h4, h5, h6").forEach((n) => n.append("\n"));
  const words = body.textContent.replaceAll("\u2060", "").replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
  return [words, ...(list.length ? ["", ...list] : [])].join("\n");
}
async function copy(button) {
  let words = "";
  const { answer, form = "text" } = button.dataset;
  if (answer) words = await fetch("take?" + new URLSearchParams({ answer, form })).then((reply) => (reply.ok ? reply.text() : ""), () => "");
  await navigator.clipboard.writeText((words || drawn(button)).trim());
  const label = button.textContent;
  button.textContent = button.dataset.done;
  setTimeout(() => (button.textContent = label), 1500);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, summary");
  if (event.target.id === "shade") return close();
  if (!event.target.closest("#filters, .chip")) $("#filters")?.removeAttribute("open");
  if (!event.target.closest("#past") && !docked()) $("#past")?.removeAttribute("open");
  document.querySelectorAll("#past .more[open], .take[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  if (!target) return;
  if (target.matches(".citation")) {
    const turn = target.closest(".turn");
    if (turn && turn !== shown) panel(turn);
    card(target.dataset.n);
    openAt(target);
  } else if (target.matches("button.open")) openAt(target);
  else if (target.matches("#reader .step")) step(target);
  else if (target.matches("#reader .close")) close();
  else if (target.matches(".example")) ask(target.dataset.question);
  else if (target.matches(".again")) { const turn = target.closest(".turn"); ask($(".asked .words", turn).textContent, turn.dataset.turn, Number(target.dataset.width || 1)); }
  else if (target.matches(".edit")) { const turn = target.closest(".turn"); fill($(".asked .words", turn).textContent); edit(turn.dataset.turn); box().focus(); }
  else if (target.matches("#editing button")) { edit(""); fill(""); box().focus(); }
  else if (target.matches("#next button")) takeBack();
  else if (target.matches(".chip")) unlimit(target);
  else if (target.matches("[data-clear]")) unlimitAll();
  else if (target.matches("#filters summary")) openFilters();
  else if (target.matches(".ask-here")) askHere(target.dataset.article);
  else if (target.matches("#scheme")) redress();
  else if (target.matches("#leave")) leave();
  else if (target.matches("button.earlier")) { target.disabled = true; api.earlier({ before: Number(target.dataset.before) }); }
  else if (target.matches(".mark-passage")) markPassage(target);
  else if (target.matches(".open-models")) openModels();
  else if (target.matches(".close-models")) dialog().close();
  else if (target.matches(".cancel-download")) cancelDownload();
  else if (target.matches(".retry")) retry(target);
  else if (target.matches(".thumb")) thumb(target);
  else if (target.matches(".copy, .copy-as")) copy(target);
  else if (target.matches(".to-sources")) toSources(target.closest(".turn"));
  else if (target.matches("#past > summary")) past();
  else if (target.matches(".close-past")) { $("#past").open = false; $("#past > summary").focus(); }
  else if (target.matches("#past .rename")) rename(target.closest("li"));
  else if (target.matches("#past .delete")) remove(target);
  else if (target.matches("#fresh")) api.fresh({});
  else if (target.matches("[data-conversation]")) { if (!docked()) $("#past").open = false; restore(target.dataset.conversation); }
  else if (target.matches('#tabs [role="tab"]')) beside([...target.parentElement.querySelectorAll('[role="tab"]')].indexOf(target));
  if (target.matches("summary")) target.parentElement.dataset.uiTouched = "1";
  if (target.matches("#stop")) refocus();
});
document.addEventListener("input", (event) => { if (event.target.id === "past-search") searchSoon(); if (event.target.id === "article-search") { rows = 0; listSoon(); } });
// a button that goes away takes the focus with it: it goes back to the box, where no keyboard covers the screen
function refocus() {
  if (matchMedia("(pointer: fine)").matches) setTimeout(() => { if (document.activeElement === document.body) box().focus({ preventScroll: true }); }, 300);
}
document.addEventListener("change", (event) => { if (event.target.closest("#filters")) limit(event.target); if (event.target.closest("#models .choice")) choose(event.target); if (event.target.id === "article-only") { rows = 0; listArticles(); } });
document.addEventListener("submit", (event) => {
  if (event.target.closest("#filters")) event.preventDefault();
  if (event.target.closest("#models")) { event.preventDefault(); if (event.target.matches(".fetch")) download(event.target); }
  if (event.target.matches(".renaming")) { event.preventDefault(); renamed(event.target); }
  if (event.target.matches(".correction")) { event.preventDefault(); correct(event.target); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (noted) unnote(); else if (event.target.closest("#past .renaming")) past();
  else if ($("#past .more[open], .take[open]")) { const menu = $("#past .more[open], .take[open]"); menu.open = false; $("summary", menu).focus(); }
  else if ($("#past")?.open) { $("#past").open = false; $("#past > summary").focus(); } else if ($("#filters")?.open) { $("#filters").open = false; $("#filters summary").focus(); } else close();
});
document.addEventListener("mouseover", (event) => {
  const sentence = event.target.closest("[data-note], [data-more]");
  if (sentence) note(sentence);
  else if (noted && !event.target.closest(".note")) { clearTimeout(leaving); leaving = setTimeout(unnote, 150); }
  else clearTimeout(leaving);
});
document.addEventListener("focusin", (event) => {
  const sentence = event.target.closest("[data-note], [data-more]");
  if (sentence) note(sentence); else unnote();
});
addEventListener("scroll", unnote, { passive: true, capture: true });
setTimeout(state, 0);
dress();
return { apply, catalogue, follow, gradio: (offers) => { api = offers; setTimeout(reopen, 0); } };
