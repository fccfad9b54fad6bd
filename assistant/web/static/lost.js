// What happens when the program stops answering: it is said, nothing that was written is lost, and it goes on by itself.
const SECONDS_SILENT = 10;  // an answer sends something every second
let program = "";           // another one: the program was started anew
let lost = false;
let broken = false;         // a request or stream of Gradio failed: it does not recover by itself
let misses = 0;             // how often in a row the state did not come
let cut = false;            // an answer was cut off, and stands in the page as it was then
let heard = Date.now();     // when the stream of answers last said anything

function missed(error) {
  misses += 1;
  // a busy machine may be late; who still sends an answer is not lost
  const late = error.name === "TimeoutError" || error.name === "AbortError";
  if (!late || (misses > 1 && Date.now() - heard > 5000)) lose();
}
function lose() {
  lost = true;
  document.body.classList.add("lost");
  $("#status").dataset.ready = "false";
  $("#lost").hidden = false;
  keepDraft();
  interrupt();
}
function keepDraft() {
  try { sessionStorage.setItem(draftName(), box()?.value || next || ""); } catch { /* the box keeps it */ }
}
// the answer that was growing does not grow any more
function interrupt() {
  if (!busy) return;
  cut = true;
  setBusy(false);
  const turn = $("#conversation .turn:last-of-type"), line = turn && $(".status", turn);
  if (turn) turn.dataset.state = "interrupted";
  if (line) line.textContent = texts.interrupted;
  takeBack();
}
function found(now) {
  const anew = program && now !== program;
  program = now;
  misses = 0;
  if (!lost && !anew) return;
  lost = false;
  document.body.classList.remove("lost");
  $("#lost").hidden = true;
  // the program knows nothing of this page any more: its address brings the conversation back
  if (anew) broken = true;
  afresh();
}
function afresh() {
  if (broken) { keepDraft(); return location.reload(); }
  if (cut && named()) restore(named());
  cut = false;
}
// the stream of an answer broke while the program goes on
function listen() {
  const begun = /searching|writing/.test($("#conversation .turn:last-of-type")?.dataset.state || "");
  // a question that waits for its turn is told nothing for a while
  if (!busy || sending || lost || (heard && (!begun || Date.now() - heard < SECONDS_SILENT * 1000))) return;
  interrupt();
  afresh();
}
function draft() {
  if (!box()) return setTimeout(draft, 200);
  let words = "";
  try { words = sessionStorage.getItem(draftName()) || ""; sessionStorage.removeItem(draftName()); } catch { /* none is kept */ }
  if (words && !box().value) fill(words);
}
// Gradio keeps to itself what its streams say; this only hears that they say something
let streams = 0;
async function overhear(reply) {
  const mine = ++streams;
  const reader = reply.clone().body?.getReader();
  try { while (reader && !(await reader.read()).done) heard = Date.now(); } catch (error) {
    if (error.name === "AbortError" || mine !== streams) return; // Gradio itself ended it
    heard = 0;
    broken = true;
    if (busy) state();
  }
}
