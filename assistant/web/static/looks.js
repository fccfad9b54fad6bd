// Light, dark or as the machine has it; and what is added when the page is printed.
const SCHEMES = ["system", "light", "dark"];
const darkMachine = matchMedia("(prefers-color-scheme: dark)");
function scheme() {
  try { return SCHEMES.find((one) => one === localStorage.getItem("scheme")) || "system"; } catch { return "system"; }
}
function dress() {
  const chosenScheme = scheme(), button = $("#scheme");
  document.body.classList.toggle("dark", chosenScheme === "dark" || (chosenScheme === "system" && darkMachine.matches));
  if (!button) return;
  button.dataset.scheme = chosenScheme;
  const words = texts[`scheme_${chosenScheme}`] || "";
  button.setAttribute("aria-label", words);
  button.title = words;
}
function redress() {
  try { localStorage.setItem("scheme", SCHEMES[(SCHEMES.indexOf(scheme()) + 1) % SCHEMES.length]); } catch { /* it lasts as long as the page */ }
  dress();
}
darkMachine.addEventListener("change", dress);

// each answer is printed with its numbered sources
addEventListener("beforeprint", () => {
  for (const turn of document.querySelectorAll("#conversation .turn, #checked .turn")) {
    const cards = [...parsed(sources.get(turn) || "").querySelectorAll("article.source")];
    if (!cards.length) continue;
    const list = document.createElement("ol");
    list.className = "printed";
    list.append(...cards.map((source) => {
      const item = document.createElement("li"), quote = document.createElement("q");
      item.value = Number(source.dataset.n);
      quote.textContent = $("blockquote", source).textContent;
      item.append(`${$("h3", source).textContent.trim().replace(/^\d+\s*/, "")} — ${$(".from", source).textContent.trim()} — ${source.dataset.article} `, quote);
      return item;
    }));
    turn.append(list);
  }
});
addEventListener("afterprint", () => document.querySelectorAll(".printed").forEach((list) => list.remove()));
