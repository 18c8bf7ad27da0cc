// The map of a model on one canvas: boxes for its parts, thin ones for its layers, a bar in each for
// its share of the parameters. A click or an arrow key chooses a part at once.

const MAP = {
  part: 44, layer: 22, inner: 30, // heights
  gap: 14, // between parts: an arrow
  near: 3, // between layers
  indent: 16,
  columns: 22, // between columns
  heading: 26,
  edge: 3, // a ring lies outside its box
  patience: 4000, // milliseconds that the page may take to answer
};

export default function (component) {
  return present(component, buildModelMap);
}

function buildModelMap(stage) {
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  frame.appendChild(picture);
  stage.root.appendChild(frame);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  const line = openLine(stage.root);
  const view = {
    stage, frame, picture, line, boxes: [],
    hovered: null, selected: null, asked: null, askedUntil: 0,
  };
  picture.onpointermove = (event) => pointAtPart(view, partAt(view, event));
  picture.onpointerleave = () => pointAtPart(view, null);
  picture.onclick = (event) => choosePart(view, partAt(view, event));
  frame.onkeydown = (event) => onMapKey(view, event);
  frame.onfocus = () => drawModelMap(view);
  frame.onblur = () => drawModelMap(view);
  return { show: (message) => showModelMap(view, message), resize: () => layOutMap(view) };
}

function showModelMap(view, message) {
  const content = JSON.stringify(message);
  if (view.content !== content) {
    view.content = content;
    view.message = message;
    view.parts = message.parts.map(([id, title, note, share, size, column]) =>
      ({ id, title, note, share, size, column }));
    // Who goes on by keyboard while the page still runs is not thrown back to an earlier part.
    const answered = view.asked === message.selected || performance.now() > view.askedUntil;
    if (view.asked === null || answered) {
      view.selected = message.selected;
      view.asked = null;
    }
    view.hovered = null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
  }
  layOutMap(view);
  describePart(view);
}

function layOutMap(view) {
  if (!view.message) return;
  const { parts, message: { headings } } = view;
  const columns = Math.max(...parts.map(({ column }) => column)) + 1;
  const room = view.stage.width - 2 * MAP.edge - MAP.columns * (columns - 1);
  const wide = Math.min(420, room / columns);
  const top = headings.length ? MAP.heading : 0;
  const ends = Array(columns).fill(top + MAP.edge);
  const before = Array(columns).fill(null);
  view.boxes = parts.map((part) => {
    const last = before[part.column];
    if (last) ends[part.column] += last === "part" || part.size === "part" ? MAP.gap : MAP.near;
    before[part.column] = part.size;
    const indent = part.size === "inner" ? MAP.indent : 0;
    const x = MAP.edge + part.column * (wide + MAP.columns) + indent;
    const box = { part, x, y: ends[part.column], w: wide - indent, h: MAP[part.size] };
    ends[part.column] += box.h;
    return box;
  });
  const used = columns * wide + MAP.columns * (columns - 1);
  view.size = [Math.ceil(used + 2 * MAP.edge), Math.ceil(Math.max(...ends) + MAP.edge)];
  view.wide = wide;
  drawModelMap(view);
}

function partAt(view, event) {
  const { x, y } = offsetIn(event);
  const near = 2; // no gap between layers for the pointer
  return view.boxes.find((box) =>
    x >= box.x && x < box.x + box.w && y >= box.y - near && y < box.y + box.h + near)?.part.id ?? null;
}

function pointAtPart(view, id) {
  if (id === view.hovered) return;
  view.hovered = id;
  view.picture.style.cursor = id === null ? "default" : "pointer";
  describePart(view);
  drawModelMap(view);
}

function choosePart(view, id) {
  if (id === null) return;
  view.selected = view.asked = id;
  view.askedUntil = performance.now() + MAP.patience;
  describePart(view);
  drawModelMap(view);
  view.stage.answer("selected", id);
}

function describePart(view) {
  const part = view.parts.find(({ id }) => id === view.hovered);
  if (!part) { view.line.say(); return; }
  const share = part.share ? `${(100 * part.share).toFixed(part.share < 0.1 ? 1 : 0)} %` : "";
  view.line.say(make("span", "value", part.title), part.note, share && make("span", "detail", share));
}

function onMapKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const { parts } = view;
  const at = parts.findIndex(({ id }) => id === view.selected);
  const own = parts[at]?.column ?? 0;
  const inColumn = (direction) => {
    for (let i = at + direction; i >= 0 && i < parts.length; i += direction) {
      if (parts[i].column === own) return i;
    }
    return at;
  };
  const inOther = (direction) => {
    const found = parts.findIndex(({ column }) => column === own + direction);
    return found < 0 ? at : found;
  };
  const to = {
    ArrowUp: () => inColumn(-1), ArrowDown: () => inColumn(1),
    ArrowLeft: () => inOther(-1), ArrowRight: () => inOther(1),
    Home: () => 0, End: () => parts.length - 1,
  }[event.key];
  if (!to) return;
  const next = Math.max(0, to());
  view.hovered = parts[next].id;
  choosePart(view, parts[next].id);
  event.preventDefault();
  event.stopPropagation();
}
