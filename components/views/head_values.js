// A number for each head on one canvas, layers and heads as rows and columns; a second canvas above
// it carries the rings, so that pointing draws almost nothing. Beyond 12 layers, layers run across.

const CELL = { least: 20, written: 34, most: 60, high: 36, gap: 2 };
const MOST_LAYERS = 12; // in rows
const TOP = 42; // a line for the names of the axes, and one of column numbers
const EDGE = 3; // a ring lies outside its cell

export default function (component) {
  return present(component, buildValues);
}

function buildValues(stage) {
  const body = make("div", "body");
  const rows = make("div", "rows"); // they stay while the wall scrolls
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  const rings = make("canvas", "rings");
  frame.append(picture, rings);
  body.append(rows, frame);
  stage.root.appendChild(body);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  rings.setAttribute("aria-hidden", "true");
  const view = {
    stage, rows, frame, picture, rings, line, legend,
    hovered: null, cursor: null, selected: null,
  };
  rings.onpointermove = (event) => pointAt(view, headAt(view, event));
  rings.onpointerleave = (event) => { if (event.pointerType !== "touch") pointAt(view, null); };
  rings.onclick = (event) => chooseHead(view, headAt(view, event));
  frame.onkeydown = (event) => onValueKey(view, event);
  frame.onfocus = () => drawValueRings(view);
  frame.onblur = () => { view.cursor = null; pointAt(view, null); };
  onSelectionTold(stage, () => view.message?.view, (place) => {
    view.selected = indexOfHead(view, place);
    drawValueRings(view);
  });
  return {
    show: (message) => showValues(view, message),
    resize: () => layOutValues(view),
  };
}

function showValues(view, message) {
  if (view.message !== message) {
    view.message = message;
    view.marks = new Map(message.marked.map(([layer, head, text]) =>
      [indexOfHead(view, [layer, head]), text]));
    view.selected = indexOfHead(view, toldSelection(message.view));
    view.hovered = null;
    view.cursor = null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    view.line.say();
  }
  showValueLegend(view);
  layOutValues(view);
}

/** Where a (layer, head) stands in the values; null for one that is not shown. */
function indexOfHead({ message }, place) {
  const layer = message.layers.indexOf(place?.[0]);
  const head = message.heads.indexOf(place?.[1]);
  return layer < 0 || head < 0 ? null : layer * message.heads.length + head;
}

/** The (layer, head) at this place of the values. */
function headOf({ message: { layers, heads } }, index) {
  return [layers[Math.floor(index / heads.length)], heads[index % heads.length]];
}

function showValueLegend({ stage: { theme }, message, legend, marks }) {
  const { scale, limit, label, unit, texts } = message;
  const table = scale === "difference" ? divergingTable(theme) : theme.scale;
  const ends = scale === "difference" ? [-limit, 0, limit] : [0, limit];
  const ticks = ends.map((value, i) => ({
    at: i / (ends.length - 1),
    text: scale === "share" ? String(value) : spell(value, message),
  }));
  legend.replaceChildren(scaleLegend(unit || label, ticks, table));
  if (message.arrays[0].values.some(Number.isNaN)) {
    legend.appendChild(swatchLegend("hatched", texts.missing));
  }
  for (const text of new Set(marks.values())) legend.appendChild(swatchLegend("marked", text));
}

/** A value with the decimals asked for; a difference with its sign. */
function spell(value, { digits, scale }) {
  return scale === "difference" ? withSign(value, digits) : value.toFixed(digits);
}

// ---- layout

function layOutValues(view) {
  const { layers, heads, texts } = view.message;
  const turned = layers.length > MOST_LAYERS;
  const [across, down] = turned ? [layers, heads] : [heads, layers];
  nameRows(view, down, turned ? [texts.head, texts.layer] : [texts.layer, texts.head]);
  const room = view.stage.width - laidOut(view.rows.offsetWidth) - 2 * EDGE;
  const fit = Math.floor((room + CELL.gap) / across.length) - CELL.gap;
  const wide = Math.min(CELL.most, Math.max(CELL.least, fit));
  const high = Math.min(wide, CELL.high);
  view.plot = { turned, across, down, wide, high };
  [...view.rows.children].forEach((row, i) => {
    row.style.height = rem(i ? high + CELL.gap : TOP + EDGE);
  });
  view.size = [
    across.length * (wide + CELL.gap) - CELL.gap + 2 * EDGE,
    TOP + down.length * (high + CELL.gap) - CELL.gap + 2 * EDGE,
  ];
  drawValues(view);
  drawValueRings(view);
}

function nameRows({ rows }, down, [rowName, columnName]) {
  const corner = make("div", "corner");
  corner.appendChild(make("span", "axes", `${rowName} ↓   ${columnName} →`));
  rows.replaceChildren(corner, ...down.map((number) => make("div", "row", String(number))));
}

/** The box of a head, by its place in the values. */
function cellOf({ plot, message: { heads } }, index) {
  const [layer, head] = [Math.floor(index / heads.length), index % heads.length];
  const [column, row] = plot.turned ? [layer, head] : [head, layer];
  return {
    x: EDGE + column * (plot.wide + CELL.gap),
    y: TOP + EDGE + row * (plot.high + CELL.gap),
  };
}

// ---- pointing and choosing

function headAt({ plot, message: { heads } }, event) {
  const { x, y } = offsetIn(event);
  const column = Math.floor((x - EDGE) / (plot.wide + CELL.gap));
  const row = Math.floor((y - TOP - EDGE) / (plot.high + CELL.gap));
  if (column < 0 || row < 0 || column >= plot.across.length || row >= plot.down.length) return null;
  return plot.turned ? column * heads.length + row : row * heads.length + column;
}

function pointAt(view, index) {
  if (index === view.hovered && index !== null) return;
  view.hovered = index;
  view.rings.style.cursor = index === null ? "default" : "pointer";
  describeHead(view, index ?? view.cursor);
  drawValueRings(view);
}

function describeHead({ message, line, marks }, index) {
  if (index === null) { line.say(); return; }
  const { texts, unit, arrays: [{ values }] } = message;
  const [layer, head] = headOf({ message }, index);
  const place = texts.place.replace("{layer}", layer).replace("{head}", head);
  const value = values[index];
  line.say(
    place,
    Number.isNaN(value) ? make("span", "detail", texts.missing)
      : make("span", "value", spell(value, message)),
    !Number.isNaN(value) && unit && make("span", "detail", unit),
    marks.has(index) && marks.get(index),
  );
}

function chooseHead(view, index) {
  if (index === null) return;
  view.cursor = index;
  view.selected = index;
  describeHead(view, index);
  drawValueRings(view);
  view.stage.answer("selected", headOf(view, index));
}

function onValueKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const { plot: { turned, across, down }, message: { heads } } = view;
  const at = view.cursor ?? view.selected;
  const index = at ?? 0;
  const place = [Math.floor(index / heads.length), index % heads.length]; // layer, head
  const [row, column] = turned ? [place[1], place[0]] : place;
  const to = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, across.length - 1],
  }[event.key];
  if (to) {
    const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
    const [y, x] = at === null ? [0, 0] : [within(to[0], down.length), within(to[1], across.length)];
    view.cursor = turned ? x * heads.length + y : y * heads.length + x;
    view.hovered = null;
    showCell(view, view.cursor);
  } else if (event.key !== "Enter" && event.key !== " ") return;
  else chooseHead(view, at);
  event.preventDefault();
  describeHead(view, view.cursor);
  drawValueRings(view);
}

function showCell(view, index) {
  const { frame, plot } = view;
  const { x } = cellOf(view, index);
  revealIn(frame, { left: x - EDGE, right: x + plot.wide + EDGE });
}
