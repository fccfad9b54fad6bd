// The opened article and the way from citation to citation.
const narrow = () => innerWidth <= 1000;
const cards = () => [...document.querySelectorAll("#sources article.source")];
const same = (one, other) => ["article", "start", "end"].every((key) => one.dataset[key] === other.dataset[key]);
let open = null;           // the place that is being read
async function read(place) {
  const reader = $("#reader"), body = $(".article", reader);
  const { article, start, end, digest = "" } = open = { ...place.dataset };
  const others = cards().filter((other) => other.dataset.article === article).map((other) => `${other.dataset.start}-${other.dataset.end}`);
  try {
    const reply = await fetch("reader?" + new URLSearchParams({ article, start, end, digest, others: others.slice(0, 99).join(",") }));
    const html = await reply.text();
    if (open.article !== article || open.start !== start) return; // another was opened meanwhile
    body.innerHTML = html; // escaped by the server
  } catch {
    body.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: texts.reader_failed }));
  }
  reader.hidden = false;
  modal(true);
  const scrolled = $(".scrolled", reader), cited = $("mark.cited", reader);
  scrolled?.scrollTo({ top: cited ? cited.getBoundingClientRect().top - scrolled.getBoundingClientRect().top - scrolled.clientHeight / 3 : 0 });
  steps(place);
}
function modal(on) {
  document.body.classList.toggle("reading", on);
  const reader = $("#reader"), alone = on && narrow();
  reader.setAttribute("role", alone ? "dialog" : "region");
  alone ? reader.setAttribute("aria-modal", "true") : reader.removeAttribute("aria-modal");
  for (const behind of document.querySelectorAll("#top, #talk, #sources")) behind.inert = alone;
}
// where the opened place stands among the citations of its answer
function steps(place) {
  const all = cards(), at = all.findIndex((other) => same(other, place));
  document.querySelectorAll("#reader .step").forEach((button) => {
    button.hidden = all.length < 2 || at < 0;
    button.disabled = !all[at + Number(button.dataset.step)];
  });
  $("#reader .place").textContent = at < 0 ? "" : texts.citation_of.replace("{n}", at + 1).replace("{total}", all.length);
}
async function step(button) {
  const all = cards(), next = all[all.findIndex((other) => same(other, { dataset: open })) + Number(button.dataset.step)];
  if (!next) return;
  card(next.dataset.n);
  await read(next);
  if (button.disabled) $("#reader .step:enabled")?.focus(); else button.focus({ preventScroll: true });
}
async function openAt(from) {
  opener = from;
  await read(from);
  $("#reader").focus({ preventScroll: true });
}
function close() {
  const reader = $("#reader");
  if (!reader || reader.hidden) return;
  reader.hidden = true;
  modal(false);
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
}
addEventListener("resize", () => { if ($("#reader") && !$("#reader").hidden) modal(true); });

// the words that are selected may be marked as what answers the question of the turn that is shown
const asker = () => shown && $("[data-answer]", shown)?.dataset.answer;
function selected() {
  const selection = getSelection(), inside = $("#reader .text");
  if (!selection.rangeCount || !inside?.contains(selection.anchorNode) || !inside.contains(selection.focusNode)) return "";
  return selection.toString().trim();
}
document.addEventListener("selectionchange", () => {
  const place = $("#reader .marking"), words = selected();
  if (!place || document.activeElement === $("button", place)) return;
  place.hidden = words.length < 3 || words.length > 4000 || !asker();
  if (!place.hidden) { place.dataset.words = words; $("button", place).textContent = texts.mark_passage; }
});
async function markPassage(button) {
  const place = button.parentElement, passage = { article: open.article, words: place.dataset.words, near: Number(open.start) || 0 };
  const kept = await post({ answer: asker(), passage }).then((reply) => reply.ok, () => false);
  button.textContent = kept ? texts.marked_passage : texts.not_kept;
}
