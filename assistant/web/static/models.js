// Which model answers: chosen for this tab, and downloaded where Ollama's library can be reached.
let model = "";            // empty: the usual one
let fetching = 0;
try { model = sessionStorage.getItem("model") || ""; } catch { /* the usual one */ }
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
  const chosenModel = all.find((one) => one.value === model) || all.find((one) => one.dataset.usual !== undefined);
  if (chosenModel) chosenModel.checked = true;
  if ($("progress", dialog()) && dialog().open) fetching = setTimeout(listModels, 1000);
}
function choose(field) {
  model = field.dataset.usual === undefined ? field.value : "";
  try { sessionStorage.setItem("model", model); } catch { /* it lasts as long as the page */ }
  nameModel();
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
