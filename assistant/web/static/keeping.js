// Earlier conversations: the drawer with the list, and the address of the one that is open.
const IDENTIFIER = /^[0-9a-f]{32}$/;
let here = "";             // id of the conversation that is open
const named = () => { const id = new URLSearchParams(location.search).get("c") || ""; return IDENTIFIER.test(id) ? id : ""; };
const docked = () => innerWidth >= 1400;

// the address names the open conversation: reload, Back and another tab bring it back
function located(value) {
  if (!("conversation" in value) || (!value.turns && !value.conversation)) return;
  here = value.conversation;
  if (named() !== here) history.pushState(null, "", here ? `?c=${here}` : location.pathname);
  mark();
}
let restoring = 0;         // a conversation is on its way: what is asked meanwhile waits for it
function restore(conversation) {
  clearTimeout(restoring);
  restoring = setTimeout(() => { restoring = 0; }, 10000);
  api.restore({ conversation });
}
function reopen() {
  if (named()) restore(named());
}
addEventListener("popstate", () => {
  if (named() === here) return;
  named() ? restore(named()) : api.fresh({});
});

// ------------------------------------------------------------------ the list
let searching = 0;
function searchSoon() {
  clearTimeout(searching);
  searching = setTimeout(past, 200);
}
async function past() {
  const list = $("#past .list"), search = $("#past-search").value;
  try {
    const html = await (await fetch("conversations?" + new URLSearchParams({ search }))).text();
    if ($("#past-search").value !== search) return; // more was typed meanwhile
    list.innerHTML = html; // escaped by the server
  } catch { list.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: texts.not_reached })); }
  const today = new Date().toDateString();
  list.querySelectorAll("time").forEach((time) => {
    const at = new Date(time.dateTime);
    time.textContent = at.toDateString() === today ? at.toLocaleTimeString(texts.dates_as_in, { timeStyle: "short" }) : at.toLocaleDateString(texts.dates_as_in, { dateStyle: "medium" });
  });
  mark();
}
function mark() {
  document.querySelectorAll("#past [data-conversation]").forEach((button) => {
    button.dataset.conversation === here && here ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current");
  });
}
const change = (path, body) => posted(path, body).then((reply) => reply.ok || (path === "delete" && reply.status === 404), () => false); // gone is gone
function refused(item) {
  item.querySelector(".error")?.remove();
  item.append(Object.assign(document.createElement("p"), { className: "error", role: "alert", textContent: texts.not_done }));
}
function rename(item) {
  const form = document.createElement("form"), field = document.createElement("input");
  form.className = "renaming";
  Object.assign(field, { value: $(".name", item).textContent, maxLength: 80 });
  field.setAttribute("aria-label", $(".rename", item).textContent);
  form.append(field);
  item.replaceChildren(form);
  field.select();
}
async function renamed(form) {
  const item = form.closest("li"), conversation = item.dataset.id;
  if (!(await change("rename", { conversation, title: $("input", form).value }))) return refused(item);
  await past();
  $(`#past [data-conversation="${conversation}"]`)?.focus();
}
// pressed once it asks, pressed again it deletes
async function remove(button) {
  if (!button.dataset.sure) {
    button.dataset.sure = "1";
    button.textContent = texts.delete_sure;
    return;
  }
  const item = button.closest("li"), conversation = item.dataset.id;
  if (!(await change("delete", { conversation }))) return refused(item);
  if (conversation === here) api.fresh({});
  await past();
  $("#past-search").focus();
}
