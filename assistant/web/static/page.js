// Runs once for each place that shows answers (#conversation, #checked): `element`, `props`, `watch` and `trigger` are Gradio's.
// The server sends whole turns as HTML that it has escaped; they are merged into what is shown, so that an opened
// fold, a selection and the keyboard's focus survive while an answer grows.
if (!window.assistantPage) window.assistantPage = (() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const sources = new Map(); // turn element -> HTML of its sources
  let shown = null;          // the turn whose sources are in the panel
  let opener = null;         // what had the focus before the article was opened
  let texts = {};
  let limits = {};           // id of a box -> how many characters of it are read

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
  function show(box, change) {
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
    merge(turn, fresh);
    sources.set(turn, change.sources);
    box.setAttribute("aria-busy", String(change.state === "searching" || change.state === "writing"));
    if (begins || shown === turn) panel(turn);
    return begins;
  }
  function apply(box, value) {
    if (!value) return;
    const stay = atEnd();
    let begins = false;
    if (value.turns) {
      box.replaceChildren();
      panel(null);
      close();
      value.turns.forEach((change) => show(box, change));
      begins = value.turns.length > 0;
    } else if (value.turn) begins = show(box, value);
    document.body.classList.toggle("begun", !!$("#conversation .turn"));
    if ((stay || begins) && box.closest("#conversation")) value.state === "done" ? toAnswer(box.lastElementChild) : toEnd();
  }

  // ------------------------------------------------------------------ sources
  function panel(turn) {
    const cards = $("#sources .cards");
    shown = turn;
    const html = turn && sources.get(turn);
    const empty = `<p class="hint" data-text="sources_empty"></p>`;
    const fresh = parsed(html || empty);
    const holder = document.createElement("div");
    holder.className = "cards";
    holder.append(...fresh.childNodes);
    if (cards) merge(cards, holder);
    translate();
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

  // ------------------------------------------------------------------ the opened article
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

  // ------------------------------------------------------------------ reasons of marked sentences
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
    const text = $("#more") || document.body.appendChild(Object.assign(document.createElement("span"), made));
    if (text.textContent !== words) text.textContent = words;
    return text;
  }
  function unnote() {
    if (noted) delete noted.dataset.uiShown;
    noted = null;
  }

  // ------------------------------------------------------------------ small things
  function translate() {
    document.querySelectorAll("[data-text]").forEach((node) => { if (texts[node.dataset.text]) node.textContent = texts[node.dataset.text]; });
    document.querySelectorAll("[data-label]").forEach((node) => { if (texts[node.dataset.label]) node.setAttribute("aria-label", texts[node.dataset.label]); });
  }
  async function state() {
    let settled = false;
    try {
      const now = await (await fetch("state")).json();
      texts = now.texts;
      limits = now.limits;
      document.documentElement.lang = texts.language;
      translate();
      $("#status").innerHTML = now.status; // escaped by the server
      $("#status").dataset.ready = String(now.ready);
      const welcome = $("#conversation .welcome");
      if (welcome && welcome.dataset.html !== now.welcome) { welcome.innerHTML = now.welcome; welcome.dataset.html = now.welcome; }
      settled = now.settled;
    } catch { $("#status").dataset.ready = "false"; }
    setTimeout(state, settled ? 30000 : 1000);
  }
  function ask(question) {
    const box = $("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => $("#send").click(), 60);
  }
  const post = (body) => fetch("feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  function thumb(button) {
    const foot = button.closest(".foot"), chosen = button.getAttribute("aria-pressed") !== "true";
    foot.querySelectorAll(".thumb").forEach((other) => other.setAttribute("aria-pressed", String(other === button && chosen)));
    const form = foot.nextElementSibling;
    if (form) { form.hidden = !(chosen && button.dataset.thumb === "down"); if (!form.hidden) $("textarea", form).focus(); }
    post({ answer: button.dataset.answer, thumb: chosen ? button.dataset.thumb : null }).then((reply) => unkept(foot, reply.ok));
  }
  function unkept(foot, ok) {
    foot.querySelector(".error")?.remove();
    if (!ok) foot.append(Object.assign(document.createElement("span"), { className: "error", textContent: texts.not_kept }));
  }
  async function correct(form) {
    const reply = await post({ answer: form.dataset.answer, thumb: "down", correction: $("textarea", form).value.trim() || null });
    if (reply.ok) form.replaceChildren(Object.assign(document.createElement("p"), { className: "hint", textContent: form.dataset.thanks }));
    else unkept(form.previousElementSibling, false);
  }
  async function copy(button) {
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
    await navigator.clipboard.writeText([words, ...(list.length ? ["", ...list] : [])].join("\n"));
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 1500);
  }
  // ------------------------------------------------------------------ what the program would not take is said at once
  const BOX_OF = { send: "question", check: "check-text" };
  function say(box, words) {
    let line = document.getElementById(`${box}-said`);
    if (!line && !words) return;
    if (!line) {
      line = Object.assign(document.createElement("p"), { id: `${box}-said`, className: "error said" });
      line.setAttribute("role", "alert");
      if (box === "question") $("#composer").append(line);
      else document.getElementById(box).after(line);
    }
    line.hidden = !words;
    if (line.textContent !== words) line.textContent = words;
  }
  function tooLong(box) {
    const count = [...$(`#${box} textarea`).value.trim()].length, limit = limits[box] ?? Infinity;
    const number = (n) => n.toLocaleString(texts.language);
    say(box, count > limit ? texts.too_long.replace("{count}", number(count)).replace("{limit}", number(limit)) : "");
    return count > limit;
  }
  function hold(event, box) {
    if (!tooLong(box)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  addEventListener("input", (event) => {
    const box = event.target.closest?.("#question, #check-text");
    if (box) tooLong(box.id);
  }, true);
  addEventListener("click", (event) => {
    const id = event.target.closest?.("#send, #check")?.id;
    if (id) hold(event, BOX_OF[id]);
  }, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target.closest?.("#question")) hold(event, "question");
  }, true);
  // Gradio tells nobody when a question could not be handed over
  const asked = window.fetch;
  window.fetch = async (...given) => {
    const address = String(given[0]?.url ?? given[0]);
    if (!address.includes("/gradio_api/queue/join")) return asked(...given);
    const box = $("#check-text")?.offsetParent ? "check-text" : "question";
    try {
      const reply = await asked(...given);
      const busy = reply.status === 429 || reply.status === 503;
      say(box, reply.ok ? "" : busy ? texts.not_taken_busy : texts.not_taken);
      return reply;
    } catch (error) {
      say(box, texts.not_reached);
      throw error;
    }
  };
  async function past() {
    const box = $("#past .list");
    box.innerHTML = await (await fetch("conversations")).text(); // escaped by the server
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, summary");
    if (event.target.id === "shade") return close();
    if (!target) { if (!event.target.closest("#past")) $("#past")?.removeAttribute("open"); return; }
    if (target.matches(".citation")) {
      const turn = target.closest(".turn");
      if (turn && turn !== shown) panel(turn);
      card(target.dataset.n);
      openAt(target);
    } else if (target.matches("button.open")) openAt(target);
    else if (target.matches("#reader .step")) step(target);
    else if (target.matches("#reader .close")) close();
    else if (target.matches(".example")) ask(target.textContent);
    else if (target.matches(".thumb")) thumb(target);
    else if (target.matches(".copy")) copy(target);
    else if (target.matches(".to-sources")) toSources(target.closest(".turn"));
    else if (target.matches("#past summary")) past();
    else if (target.matches("#fresh")) api.conversation("fresh", {});
    else if (target.matches("[data-conversation]")) { $("#past").removeAttribute("open"); api.conversation("restore", { conversation: target.dataset.conversation }); }
    if (target.matches("summary")) target.parentElement.dataset.uiTouched = "1";
    // a button that goes away takes the focus with it: it goes back to the box, where no keyboard covers the screen
    if (target.matches("#send, #stop") && matchMedia("(pointer: fine)").matches) setTimeout(() => {
      if (document.activeElement === document.body) $("#question textarea").focus({ preventScroll: true });
    }, 300);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".correction")) { event.preventDefault(); correct(event.target); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (noted) unnote(); else if ($("#past")?.open) $("#past").open = false; else close();
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
  const api = { apply, conversation: () => {} };
  setTimeout(state, 0);
  return api;
})();

const turns = element.querySelector(".turns");
watch("value", () => window.assistantPage.apply(turns, props.value));
if (element.closest("#conversation")) window.assistantPage.conversation = (name, data) => name === "fresh" ? trigger("fresh", data) : trigger("restore", data);
