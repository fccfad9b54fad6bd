// Reasons of marked sentences, quotes of citations, the meaning of badges: shown on hover and on focus.
let noted = null, leaving = 0;
function note(sentence) {
  clearTimeout(leaving);
  const text = sentence.dataset.more ? more(sentence.dataset.more) : document.getElementById(sentence.dataset.note);
  if (!text || text === noted) return;
  unnote();
  noted = text;
  text.dataset.uiShown = "";
  const place = sentence.getClientRects()[0], size = text.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, innerWidth - size.width - 8));
  const above = place.top - size.height - 8;
  text.style.setProperty("left", left + "px");
  text.style.setProperty("top", (above > 8 ? above : sentence.getBoundingClientRect().bottom + 8) + "px");
}
// what a badge means and what a citation quotes: one note for all, outside of what is merged
function more(words) {
  const made = { id: "more", className: "note", role: "tooltip" };
  const text = $("#more") || ($("main") || document.body).appendChild(Object.assign(document.createElement("span"), made));
  if (text.textContent !== words) text.textContent = words;
  return text;
}
function unnote() {
  if (noted) delete noted.dataset.uiShown;
  noted = null;
}
