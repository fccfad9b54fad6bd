// The view of the articles: fetched anew each time it is seen.
let listing = 0;
function catalogue(element) {
  new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) { listArticles(); follow(); } }).observe(element);
}
function listSoon() {
  clearTimeout(listing);
  listing = setTimeout(listArticles, 200);
}
async function listArticles() {
  if (!$("#articles .list")) return; // not drawn yet
  const list = $("#articles .list"), language = $("#article-language").value, sort = $("#article-sort").value;
  const search = $("#article-search").value, only = $("#article-only").value, shown = rows || "";
  translate();
  try {
    const html = await (await fetch("articles?" + new URLSearchParams({ search, only, language, sort, ...(shown ? { shown } : {}) }))).text();
    if ($("#article-search").value !== search || $("#article-only").value !== only) return; // more was typed meanwhile
    list.innerHTML = html; // escaped by the server
    listed(list);
  } catch { list.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: texts.lost })); }
}
// the next question is asked of this article alone
function askHere(name) {
  filters = { articles: [name] };
  chips();
  $('#tabs [role="tab"]').click();
  setTimeout(() => box().focus(), 100);
}
