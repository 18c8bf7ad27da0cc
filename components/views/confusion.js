// A confusion matrix: a row for each label that is right, a column for each that was predicted, the
// share of a row as colour and its count as a number. One canvas; nothing can be chosen.

const MATRIX = {
  cell: 72, // the widest cell
  least: 12, // the narrowest; a larger matrix scrolls
  high: 44, // the highest cell
  axis: 20, // a line for the name of an axis
  side: 150, // of the names at the left, at most
  gap: 6,
  right: 10,
};

export default function (component) {
  return present(component, buildConfusion);
}

function buildConfusion(stage) {
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  frame.appendChild(picture);
  stage.root.appendChild(frame);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  const view = { stage, frame, picture, line, legend, hovered: null, cursor: null };
  const point = (event) => pointAtCell(view, cellAt(view, event));
  picture.onpointermove = point;
  picture.onpointerdown = point; // a tap
  picture.onpointerleave = (event) => {
    if (event.pointerType !== "touch") pointAtCell(view, null);
  };
  frame.onkeydown = (event) => onCellKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return; // it was the pointer
    view.cursor ??= [0, 0];
    describeCell(view);
    drawConfusion(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtCell(view, null); };
  return { show: (message) => showConfusion(view, message), resize: () => layOutCells(view) };
}

function showConfusion(view, message) {
  if (view.message !== message) {
    view.message = message;
    [view.counts, view.before] = message.arrays.map(({ values }) => values);
    const count = message.names.length;
    view.totals = rowTotals(view.counts, count);
    view.totalsBefore = rowTotals(view.before, count);
    for (const place of ["hovered", "cursor"]) {
      if (view[place]?.some((number) => number >= count)) view[place] = null;
    }
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    const ticks = [0, 0.5, 1].map((at) => ({ at, text: String(at) }));
    view.legend.replaceChildren(
      scaleLegend(message.texts.scale, ticks),
      swatchLegend("diagonal", message.texts.accuracy),
    );
  }
  describeCell(view);
  layOutCells(view);
}

/** How often each label is right. */
function rowTotals(counts, count) {
  return Array.from({ length: counts.length ? count : 0 }, (_, row) =>
    counts.subarray(row * count, (row + 1) * count).reduce((sum, each) => sum + each, 0));
}

// ---- layout

function layOutCells(view) {
  const { stage, message: { names }, picture } = view;
  const count = names.length;
  const pen = picture.getContext("2d");
  pen.font = `13px ${stage.theme.font}`;
  const widest = Math.max(...names.map((name) => pen.measureText(name).width));
  const side = Math.ceil(Math.min(widest, MATRIX.side, stage.width * 0.3));
  const left = MATRIX.axis + side + MATRIX.gap;
  const room = Math.max(1, stage.width - left - MATRIX.right);
  const wide = Math.max(MATRIX.least, Math.min(MATRIX.cell, room / count));
  const high = Math.min(MATRIX.high, Math.max(MATRIX.least, wide));
  const upright = widest <= wide - 6;
  const above = upright ? 18 : Math.ceil(Math.min(widest, MATRIX.side)) + MATRIX.gap;
  view.plot = { left, top: MATRIX.axis + above, wide, high, side, above, upright };
  view.size = [left + wide * count + MATRIX.right, view.plot.top + high * count + 2];
  drawConfusion(view);
}

// ---- pointing

function cellAt({ plot, message: { names } }, event) {
  const { x, y } = offsetIn(event);
  const row = Math.floor((y - plot.top) / plot.high);
  const column = Math.floor((x - plot.left) / plot.wide);
  const inside = (number) => number >= 0 && number < names.length;
  return inside(row) && inside(column) ? [row, column] : null;
}

function pointAtCell(view, cell) {
  if (!view.message || (cell && String(cell) === String(view.hovered))) return;
  view.hovered = cell;
  describeCell(view);
  drawConfusion(view);
}

function onCellKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const [row, column] = view.cursor ?? [0, 0];
  const last = view.message.names.length - 1;
  const to = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, last],
  }[event.key];
  if (!to) return;
  view.cursor = to.map((number) => Math.min(Math.max(number, 0), last));
  view.hovered = null;
  event.preventDefault();
  describeCell(view);
  drawConfusion(view);
}

/** The share of a row that lies in a cell; null where the row is empty. */
function shareOf(counts, totals, count, row, column) {
  return totals[row] ? counts[row * count + column] / totals[row] : null;
}

function describeCell(view) {
  const { message, line, hovered, cursor, counts, before, totals, totalsBefore } = view;
  const cell = hovered ?? cursor;
  if (!cell) { line.say(); return; }
  const [row, column] = cell;
  const { names, texts, beforeLabel } = message;
  const count = names.length;
  const told = texts.count
    .replace("{count}", counts[row * count + column])
    .replace("{total}", totals[row]);
  const share = shareOf(counts, totals, count, row, column);
  const then = shareOf(before, totalsBefore, count, row, column);
  line.say(
    labelled(texts.right, names[row], true),
    labelled(texts.predicted, names[column], true),
    told,
    share !== null && spellShare(share),
    beforeLabel && then !== null && labelled(beforeLabel, spellShare(then)),
  );
}
