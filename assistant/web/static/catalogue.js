// The view of the articles: fetched anew each time it is seen.
let listing = 0;
function catalogue(element) {
  new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) listArticles(); }).observe(element);
}
function listSoon() {
  clearTimeout(listing);
  listing = setTimeout(listArticles, 200);
}
async function listArticles() {
  const list = $("#articles .list"), search = $("#article-search").value, only = $("#article-only").value;
  translate();
  try {
    const html = await (await fetch("articles?" + new URLSearchParams({ search, only }))).text();
    if ($("#article-search").value === search && $("#article-only").value === only) list.innerHTML = html; // escaped by the server
  } catch { list.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: texts.lost })); }
}
// the next question is asked of this article alone
function askHere(name) {
  filters = { articles: [name] };
  chips();
  $('#tabs [role="tab"]').click();
  setTimeout(() => box().focus(), 100);
}
