// What the app does around its views, for a file: holds the weights, shows the chosen head. The
// views are mounted as Streamlit mounts them, each in a shadow root of its own.

const file = JSON.parse(document.getElementById("data").textContent);
const mounts = {
  grid: mount("grid", (place) => openHead(indexOf(place))),
  head: mount("head", () => {}),
};
let shown = indexOf(file.selected);

function bytesOf(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function indexOf([layer, head]) {
  return file.places.findIndex(([l, h]) => l === layer && h === head);
}

/** A place for the view `name`; `chosen` hears what is clicked in it. */
function mount(name, chosen) {
  const root = document.getElementById(name).attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = file.styles[name];
  const parentElement = document.createElement("div");
  root.append(style, parentElement);
  const setTriggerValue = (event, value) => {
    if (event === "selected") chosen(value);
    else if (event === "moved") step(value);
  };
  const view = globalThis.headlightViews[`attention_${name}`];
  return (data) => view({ parentElement, data, setTriggerValue, setStateValue: setTriggerValue });
}

function openHead(index) {
  if (index < 0) return;
  shown = index;
  document.getElementById("title").textContent = file.titles[index];
  const selections = (globalThis.headlightSelections ??= new Map());
  selections.set("grid", file.places[index]);
  globalThis.dispatchEvent(new CustomEvent("headlight-selection", { detail: "grid" }));
  mounts.head(bytesOf(file.heads[index]));
}

/** Steps on from a head, to the next one that the file has in that direction. */
function step([fromLayer, fromHead, layers, heads]) {
  const [countLayers, countHeads] = [0, 1].map(
    (i) => 1 + Math.max(...file.places.map((at) => at[i])));
  const within = (number, count) => ((number % count) + count) % count;
  let [layer, head] = [fromLayer + layers, fromHead + heads];
  for (let tries = Math.max(countLayers, countHeads); tries > 0; tries -= 1) {
    const index = indexOf([within(layer, countLayers), within(head, countHeads)]);
    if (index >= 0) return openHead(index);
    layer += Math.sign(layers);
    head += Math.sign(heads);
  }
}

function show() {
  mounts.grid(bytesOf(file.grid));
  openHead(shown);
}

matchMedia("(prefers-color-scheme: dark)").onchange = show;
show();
