// Which model answers: chosen in this browser, for each account by itself, and downloaded where Ollama's library can be reached.
let model = "";            // empty: the usual one
let fetching = 0;
const chosenName = () => (me ? `model of ${me}` : "model");
// the choice of an earlier visit, once it is known who asks
async function recall() {
  try { model = localStorage.getItem(chosenName()) || ""; } catch { /* the usual one */ }
  if (!model) return;
  const offered = parsed(await fetch("models").then((reply) => reply.text(), () => ""));
  stillThere([...offered.querySelectorAll('[name="model"]')]);
}
function keepModel(name) {
  model = name;
  try { name ? localStorage.setItem(chosenName(), name) : localStorage.removeItem(chosenName()); } catch { /* it lasts as long as the page */ }
  nameModel();
}
// a model that is gone is said, and the usual one answers; where nothing is offered, nothing is known
function stillThere(offered) {
  if (!model || !offered.length || offered.some((one) => one.value === model)) return;
  say("question", texts.model_gone.replace("{name}", model));
  keepModel("");
}
const dialog = () => $("#models");
async function openModels() {
  if (!dialog().open) dialog().showModal();
  await listModels();
}
async function listModels() {
  clearTimeout(fetching);
  try { dialog().innerHTML = await (await fetch("models")).text(); } // escaped by the server
  catch { dialog().close(); return; }
  const all = [...dialog().querySelectorAll('[name="model"]')];
  stillThere(all);
  const chosenModel = all.find((one) => one.value === model) || all.find((one) => one.dataset.usual !== undefined);
  if (chosenModel) chosenModel.checked = true;
  if ($("progress", dialog()) && dialog().open) fetching = setTimeout(listModels, 1000);
}
function choose(field) {
  keepModel(field.dataset.usual === undefined ? field.value : "");
}
// the status line names who answers
function nameModel() {
  const name = $("#status .model");
  if (name) name.textContent = model || name.dataset.usual;
}
async function download(form) {
  const name = $("input", form).value.trim();
  if (!name) return;
  await posted("models", { action: "download", model: name }).catch(() => null);
  await listModels();
  $(".cancel-download", dialog())?.focus();
}
async function cancelDownload() {
  await posted("models", { action: "cancel" }).catch(() => null);
  setTimeout(listModels, 400);
}
