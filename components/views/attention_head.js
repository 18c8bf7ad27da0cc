// One head: rows are queries ("from"), columns are keys ("to"). A long text is first shown whole,
// the largest weight of each point; a span of it can be enlarged. One canvas holds the weights and
// labels, another above it the crosshair, so that pointing draws almost nothing.

const CELL = { most: 40, readable: 12 };
const LABEL = { font: 13, most: 112, apart: 15, slant: (55 * Math.PI) / 180 };
const SHORTEST = 6; // tokens; the closest that can be zoomed
const MOST_HEIGHT = 640;
const AXIS = 18; // room for "from" and "to"
const SHORTCUTS = "PageUp PageDown Shift+PageUp Shift+PageDown";
const [NOTHING, SINK] = [-32768, -32767]; // what a point shows where it shows no weight

export default function (component) {
  return present(component, buildHead);
}

function buildHead(stage) {
  const bar = make("div", "zoom");
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  const marks = make("canvas", "marks");
  frame.append(picture, marks);
  stage.root.append(bar, frame);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  marks.setAttribute("aria-hidden", "true");
  const view = {
    stage, bar, frame, picture, marks, line, legend,
    hovered: null, cursor: null, selected: null, drag: null, pinch: null, span: null,
    steps: [0, 0],
  };
  view.buttons = {
    larger: zoomButton(view, "+", () => zoom(view, 0.5)),
    smaller: zoomButton(view, "−", () => zoom(view, 2)),
    whole: zoomButton(view, "", () => setSpan(view, wholeSpan(view))),
  };
  view.where = make("span", "where");
  bar.appendChild(view.where);
  handlePointer(view);
  frame.onkeydown = (event) => onHeadKey(view, event);
  frame.onfocus = () => { showHint(view); drawMarks(view); describe(view); };
  frame.onblur = () => { showHint(view); view.cursor = null; point(view, null); };
  onSelectionTold(stage, () => view.message?.view, (told) => {
    view.selected = told?.[0] ?? null;
    drawMarks(view);
  });
  hearPreviews(view);
  return {
    show: (message) => {
      if (message === view.exact && view.message?.preview) return; // the page still computes
      if (message.place?.join() !== view.exact?.place?.join()) view.steps = [0, 0];
      view.exact = message;
      clearTimeout(view.patience);
      showHead(view, message);
    },
    resize: () => layOut(view),
  };
}

function zoomButton(view, sign, act) {
  const button = make("button", "zoom-button unsaved", sign);
  button.type = "button";
  button.onclick = act;
  view.bar.appendChild(button);
  return button;
}

function showHead(view, message) {
  if (view.message !== message) {
    const before = view.message;
    message.keys ??= message.queries;
    view.message = message;
    const [rows, columns] = message.arrays[0].shape;
    const alike = before && before.arrays[0].shape.join() === message.arrays[0].shape.join();
    if (!alike) {
      view.span = { row: 0, column: 0, rows, columns };
      view.cursor = null;
    }
    view.greyQueries = new Set(message.specialQueries);
    view.greyKeys = new Set(message.specialKeys);
    view.sinks = new Set(message.sinks);
    view.selected = toldSelection(message.view)?.[0] ?? null;
    view.hovered = null;
    view.frame.setAttribute("aria-label", message.title);
    if (message.movable) view.frame.setAttribute("aria-keyshortcuts", SHORTCUTS);
    else view.frame.removeAttribute("aria-keyshortcuts");
    view.frame.setAttribute("aria-busy", String(Boolean(message.preview)));
    const { larger, smaller, whole } = view.buttons;
    larger.setAttribute("aria-label", message.texts.larger);
    larger.title = message.texts.larger;
    smaller.setAttribute("aria-label", message.texts.smaller);
    smaller.title = message.texts.smaller;
    whole.textContent = message.texts.whole;
  }
  layOut(view);
  describe(view);
}

// ---- layout

function wholeSpan(view) {
  const [rows, columns] = view.message.arrays[0].shape;
  return { row: 0, column: 0, rows, columns };
}

function setSpan(view, span) {
  const whole = wholeSpan(view);
  const limit = (value, least, most) => Math.min(Math.max(value, least), most);
  const rows = limit(Math.round(span.rows), Math.min(SHORTEST, whole.rows), whole.rows);
  const columns = limit(Math.round(span.columns), Math.min(SHORTEST, whole.columns), whole.columns);
  view.span = {
    rows,
    columns,
    row: limit(Math.round(span.row), 0, whole.rows - rows),
    column: limit(Math.round(span.column), 0, whole.columns - columns),
  };
  layOut(view);
}

/** Zoom by `factor` about a cell (the pointed one, the cursor, or the middle). */
function zoom(view, factor, about = view.hovered ?? view.cursor) {
  const { row, column, rows, columns } = view.span;
  const [y, x] = about ?? [row + rows / 2, column + columns / 2];
  setSpan(view, {
    rows: rows * factor,
    columns: columns * factor,
    row: y - (y - row) * factor,
    column: x - (x - column) * factor,
  });
}

function layOut(view) {
  const { message, span, stage } = view;
  const context = view.picture.getContext("2d");
  context.font = labelFont(stage);
  const room = stage.width < 480 ? 80 : LABEL.most;
  const widths = (labels, from, count) => labels.slice(from, from + count)
    .map((label) => Math.min(room, Math.ceil(widthOf(context, label))));
  const queries = Math.max(...widths(message.queries, span.row, span.rows));
  const keys = widths(message.keys, span.column, span.columns);
  const left = AXIS + queries + 8;
  const special = keys.map((_, i) => view.greyKeys.has(span.column + i));
  const axis = keyAxis(keys, special, stage.width - left - 2, span.rows);
  view.plot = {
    ...axis,
    left,
    top: AXIS + 6 + axis.tall,
    queries,
    width: axis.cell * span.columns,
    height: axis.cell * span.rows,
  };
  view.size = [
    Math.min(stage.width, Math.ceil(left + view.plot.width + axis.overhang + 2)),
    Math.ceil(view.plot.top + view.plot.height + 2),
  ];
  keepHeight(view);
  drawHead(view);
  drawMarks(view);
  showZoom(view);
}

/**
 * The size of a cell, and how the keys are lettered above the columns: flat where all but
 * special tokens fit into a column (Chinese does), else slanted, with room for what hangs over.
 */
function keyAxis(widths, special, free, rows) {
  const [run, rise] = [Math.cos(LABEL.slant), Math.sin(LABEL.slant)];
  let overhang = 0;
  let [cell, flat] = [0, false];
  for (let round = 0; round < 3; round++) { // the overhang takes room from the cells
    const fit = Math.min((free - overhang) / widths.length, MOST_HEIGHT / rows, CELL.most);
    cell = fit >= CELL.readable ? Math.floor(fit) : fit;
    flat = widths.every((width, i) => special[i] || width <= cell);
    overhang = Math.ceil(widths.reduce((most, width, i) => Math.max(most,
      flat && width <= cell ? 0 : width * run + 4 - (widths.length - i - 0.5) * cell), 0));
  }
  const slanted = widths.filter((width) => !flat || width > cell);
  const tall = slanted.length ? Math.ceil(Math.max(...slanted) * rise) + 10 : 18;
  return { cell, flat, overhang, keys: widths, tall };
}

/** Measured once for each text: a long text says the same words again and again. */
function widthOf(context, text) {
  const known = (widthOf.known ??= new Map());
  const name = `${context.font}\n${text}`;
  if (!known.has(name)) {
    if (known.size > 4000) known.clear();
    known.set(name, context.measureText(text).width);
  }
  return known.get(name);
}

/** The page below must not jump while somebody zooms: the frame keeps the height of the whole. */
function keepHeight(view) {
  const whole = wholeSpan(view);
  const isWhole = view.span.rows === whole.rows && view.span.columns === whole.columns;
  if (isWhole) view.wholeHeight = view.size[1];
  view.frame.style.minHeight = isWhole ? "" : rem(view.wholeHeight ?? 0);
}

function labelFont(stage, weight = 400) {
  return `${weight} ${LABEL.font}px ${stage.theme.font}`;
}

function showZoom(view) {
  const { message, span, plot, bar, buttons } = view;
  const whole = wholeSpan(view);
  const isWhole = span.rows === whole.rows && span.columns === whole.columns;
  const wanted = plot.cell < 20 || !isWhole;
  bar.hidden = !wanted;
  showHint(view);
  buttons.smaller.disabled = buttons.whole.disabled = isWhole;
  buttons.larger.disabled = span.rows <= SHORTEST && span.columns <= SHORTEST;
  const spell = (first, count, total) => message.texts.span
    .replace("{first}", first + 1).replace("{last}", first + count).replace("{total}", total);
  const rows = spell(span.row, span.rows, whole.rows);
  const columns = spell(span.column, span.columns, whole.columns);
  view.where.textContent = isWhole ? ""
    : rows === columns ? rows
    : `${message.texts.from} ${rows} · ${message.texts.to} ${columns}`;
  showLegend(view);
}

/** One line at any time, so that nothing below it moves: who has the keyboard reads of its keys. */
function showHint(view) {
  if (!view.message) return;
  const { message: { texts, movable }, bar } = view;
  const touch = matchMedia("(pointer: coarse)").matches;
  const pointing = bar.hidden ? "hint" : touch ? "hintTouch" : "hintLong";
  view.line.hint(texts[movable && isFocused(view) ? "hintMove" : pointing]);
}

function showLegend(view) {
  const { texts, causal, sinks, scale, limit } = view.message;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: String(at) }));
  const signed = [-limit, 0, limit].map((value, i) => ({ at: i / 2, text: withSign(value, 2) }));
  view.legend.replaceChildren(scale === "difference"
    ? scaleLegend(texts.difference, signed, divergingTable(view.stage.theme))
    : scaleLegend(texts.scale, ticks));
  if (causal) view.legend.appendChild(swatchLegend("hatched", texts.unseen));
  if (sinks.length) view.legend.appendChild(swatchLegend("grey", texts.sinks));
  if (pooled(view)) view.legend.appendChild(make("span", "note", texts.pooled));
}
