// Accounts: who is logged in, logging out, and the way back to the form when the session has ended.
let me = "";               // the name, empty where nobody logs in
const draftName = () => (me ? `draft of ${me}` : "draft"); // another one in this tab is not shown it
const passed = window.fetch;
window.fetch = async (...given) => {
  const reply = await passed(...given);
  if (reply.status === 401) away();
  return reply;
};
let over = false;
function away() {
  if (over) return;
  over = true;
  keepDraft();
  location.reload();       // leads to the form, and from there back to this conversation
}
function greet(user) {
  me = user;
  const button = $("#leave");
  button.hidden = !user;
  button.title = user;
  button.setAttribute("aria-label", `${texts.log_out} (${user})`);
}
async function leave() {
  try {
    if (!(await posted("logout", {})).ok) return lose();
    sessionStorage.removeItem(draftName());
  } catch { return lose(); }
  document.body.replaceChildren(); // what the Back button would show
  location.replace("login");
}
