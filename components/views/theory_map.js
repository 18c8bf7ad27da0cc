// Columns of buttons with lines between them. On a narrow screen the columns stand below each
// other and the lines go.

const SPACE = "http://www.w3.org/2000/svg";
const NARROW = 640;

export default function (component) {
  return present(component, buildMap);
}

function buildMap(stage) {
  const map = make("nav", "map");
  const lines = document.createElementNS(SPACE, "svg");
  const columns = make("div", "columns");
  lines.setAttribute("class", "lines");
  lines.setAttribute("aria-hidden", "true");
  map.append(lines, columns);
  stage.root.appendChild(map);
  const view = { stage, map, lines, columns, buttons: new Map() };
  columns.onclick = (event) => {
    const node = event.target.closest?.(".node");
    if (node) stage.answer("selected", node.dataset.id);
  };
  const follow = (event) => light(view, event.target.closest?.(".node")?.dataset.id);
  columns.onpointerover = follow;
  columns.onpointerleave = () => light(view, null);
  columns.addEventListener("focusin", follow);
  columns.addEventListener("focusout", () => light(view, null));
  return { show: (message) => showMap(view, message), resize: () => drawLines(view) };
}

function showMap(view, message) {
  const content = JSON.stringify(message);
  if (view.content !== content) {
    view.content = content;
    view.message = message;
    view.map.setAttribute("aria-label", message.label);
    fillColumns(view);
  }
  drawLines(view);
}

function fillColumns(view) {
  const { message: { nodes, columns }, buttons } = view;
  buttons.clear();
  const places = [...new Set(nodes.map(([, , , column]) => column))].sort((a, b) => a - b);
  view.columns.replaceChildren(...places.map((place) => {
    const column = make("div", "column");
    if (columns[place]) column.appendChild(make("div", "heading", columns[place]));
    const list = make("ul", "nodes");
    for (const [id, title, subtitle, at] of nodes) {
      if (at !== place) continue;
      const button = make("button", "node");
      button.type = "button";
      button.dataset.id = id;
      button.append(make("span", "title", title));
      if (subtitle) button.append(make("span", "subtitle", subtitle));
      buttons.set(id, button);
      const item = make("li");
      item.appendChild(button);
      list.appendChild(item);
    }
    column.appendChild(list);
    return column;
  }));
}

function drawLines(view) {
  const { message, lines, map, buttons } = view;
  lines.replaceChildren();
  map.classList.toggle("narrow", view.stage.width < NARROW);
  if (view.stage.width < NARROW) return;
  const origin = map.getBoundingClientRect();
  for (const [from, to] of message.edges) {
    const [start, end] = [from, to].map((id) => buttons.get(id).getBoundingClientRect());
    const [x1, y1] = [start.right - origin.left, start.top - origin.top + start.height / 2];
    const [x2, y2] = [end.left - origin.left, end.top - origin.top + end.height / 2];
    const bend = (x2 - x1) / 2;
    const path = document.createElementNS(SPACE, "path");
    path.setAttribute("d", `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
    path.dataset.from = from;
    path.dataset.to = to;
    lines.appendChild(path);
  }
}

function light(view, id) {
  for (const path of view.lines.children) {
    path.classList.toggle("lit", path.dataset.from === id || path.dataset.to === id);
  }
}
