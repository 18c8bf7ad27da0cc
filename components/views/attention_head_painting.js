// How one head is painted: its weights, the labels along its axes, the crosshair. A part of
// attention_head.js, which says where everything lies.

function pooled(view) {
  return view.plot.cell * pixelRatio() < 1;
}

/** The last key that a query sees; in a causal head the last query sees all keys. */
function lastSeen(view, row) {
  const [rows, columns] = view.message.arrays[0].shape;
  return view.message.causal ? row + columns - rows : columns - 1;
}

function drawHead(view) {
  const { stage: { theme }, plot, span, message } = view;
  const context = openCanvas(view.picture, ...view.size);
  const { left, top, width, height, cell } = plot;
  if (message.causal) {
    context.fillStyle = hatching(context, theme.hatch, cell < 6 ? 5 : 6);
    context.fillRect(left, top, width, height);
  }
  putImage(context, paintSpan(view), left, top, width, height);
  if (cell >= CELL.readable) drawGaps(context, view);
  drawSinks(context, view);
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  letterAxes(context, view);
  for (const place of thinned(span.row, span.rows, cell)) letterQuery(context, view, place);
  for (const place of thinned(span.column, span.columns, cell)) letterKey(context, view, place);
}

/** The span as an image: one pixel a cell, or the largest weight of each screen point. */
function paintSpan(view) {
  const { span, plot } = view;
  const ratio = pixelRatio();
  const high = pooled(view) ? Math.max(1, Math.round(plot.height * ratio)) : span.rows;
  const wide = pooled(view) ? Math.max(1, Math.round(plot.width * ratio)) : span.columns;
  const shown = largestIn(view, high, wide);
  const image = new ImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer);
  const neutral = pixel(view.stage.theme.grey);
  const [colours, zero, step] = coloursOf(view);
  for (let i = 0; i < shown.length; i++) {
    if (shown[i] === NOTHING) continue;
    pixels[i] = shown[i] === SINK ? neutral : colours[Math.round(zero + shown[i] * step)];
  }
  return image;
}

/** The weight farthest from zero of the cells under each of high × wide points. */
function largestIn(view, high, wide) {
  const { span, sinks, message: { arrays: [{ shape, values }] } } = view;
  const largest = new Int16Array(high * wide).fill(NOTHING);
  const swallowed = Uint8Array.from({ length: span.columns }, (_, j) => sinks.has(span.column + j));
  const columnAt = Int32Array.from({ length: span.columns },
    (_, i) => Math.floor((i * wide) / span.columns));
  for (let i = 0; i < span.rows; i++) {
    const row = span.row + i;
    const from = Math.floor((i * high) / span.rows) * wide;
    const seen = Math.min(span.columns, lastSeen(view, row) - span.column + 1);
    const begin = row * shape[1] + span.column;
    for (let j = 0; j < seen; j++) {
      const at = from + columnAt[j];
      const before = largest[at];
      const value = values[begin + j];
      if (swallowed[j]) { if (before === NOTHING) largest[at] = SINK; continue; }
      if (before === NOTHING || before === SINK || Math.abs(value) > Math.abs(before)) {
        largest[at] = value;
      }
    }
  }
  return largest;
}

/** The colours, the place of zero among them, and the places from one thousandth to the next. */
function coloursOf({ message: { scale, limit }, stage: { theme } }) {
  return scale === "difference" ? [divergingTable(theme), 1000, 1 / limit] : [theme.scale, 0, 1];
}

/** Thin lines between cells, where cells are large enough for them. */
function drawGaps(context, view) {
  const { left, top, width, height, cell } = view.plot;
  context.beginPath();
  for (let x = left + cell; x < left + width - 1; x += cell) {
    context.moveTo(x, top);
    context.lineTo(x, top + height);
  }
  for (let y = top + cell; y < top + height - 1; y += cell) {
    context.moveTo(left, y);
    context.lineTo(left + width, y);
  }
  context.strokeStyle = view.stage.theme.line;
  context.lineWidth = 1;
  context.globalAlpha = 0.5;
  context.stroke();
  context.globalAlpha = 1;
}

/** A small grey foot on the axis above each sink column. */
function drawSinks(context, view) {
  const { plot: { left, top, cell }, span, sinks, stage: { theme } } = view;
  context.fillStyle = theme.muted;
  for (const column of sinks) {
    if (column < span.column || column >= span.column + span.columns) continue;
    context.fillRect(left + (column - span.column) * cell, top - 4, Math.max(cell, 1), 3);
  }
}

/** Every label where there is room, else each second, fifth, tenth, ... */
function thinned(from, count, cell) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((by) => by * cell >= LABEL.apart - 1) ?? 500;
  const places = [];
  for (let i = Math.ceil(from / step) * step; i < from + count; i += step) places.push(i);
  return places;
}

function letterAxes(context, view) {
  const { stage: { theme }, message: { texts }, plot: { left, top } } = view;
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(`${texts.to} →`, left, AXIS / 2);
  context.save();
  context.translate(AXIS / 2 - 1, top);
  context.rotate(-Math.PI / 2);
  context.textAlign = "right";
  context.fillText(`← ${texts.from}`, 0, 0);
  context.restore();
}

function letterQuery(context, view, query, strong = false) {
  const { stage, message, plot, span } = view;
  const y = plot.top + (query - span.row + 0.5) * plot.cell;
  context.font = labelFont(stage, strong ? 600 : 400);
  context.fillStyle = view.greyQueries.has(query) && !strong ? stage.theme.muted : stage.theme.text;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(fitText(context, isolate(message.queries[query]), plot.queries + 2),
    plot.left - 8, y + 0.5);
}

function letterKey(context, view, key, strong = false) {
  const { stage, message, plot, span } = view;
  const x = plot.left + (key - span.column + 0.5) * plot.cell;
  context.font = labelFont(stage, strong ? 600 : 400);
  context.fillStyle = view.greyKeys.has(key) && !strong ? stage.theme.muted : stage.theme.text;
  const text = isolate(message.keys[key]);
  const width = plot.keys[key - span.column];
  context.save();
  context.translate(x, plot.top - 7);
  if (isFlat(plot, width)) {
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.fillText(text, 0, -2);
  } else {
    context.rotate(-LABEL.slant);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(fitText(context, text, width + 2), 0, 0);
  }
  context.restore();
}

function isFlat(plot, width) {
  return plot.flat && width <= plot.cell;
}

/** The text on its own in a left-to-right axis, whatever its script. */
function isolate(text) {
  return `\u2068${text}\u2069`;
}

// ---- the crosshair, the ring and the span being dragged

function drawMarks(view) {
  if (!view.message || !view.plot) return;
  const context = openCanvas(view.marks, ...view.size);
  const { plot, span, stage: { theme }, selected } = view;
  const { left, top, width, cell } = plot;
  const shown = view.hovered ?? (isFocused(view) ? view.cursor : null);
  if (selected !== null && selected >= span.row && selected < span.row + span.rows) {
    context.strokeStyle = theme.ring;
    context.lineWidth = 2;
    context.strokeRect(left - 1, top + (selected - span.row) * cell - 1, width + 2, cell + 2);
  }
  if (shown) drawCrosshair(context, view, shown);
  if (view.drag?.to) {
    const box = draggedSpan(view);
    const x = left + (box.column - span.column) * cell;
    const y = top + (box.row - span.row) * cell;
    context.strokeStyle = theme.primary;
    context.lineWidth = 2;
    context.setLineDash([5, 3]);
    context.strokeRect(x, y, box.columns * cell, box.rows * cell);
    context.setLineDash([]);
  }
}

function drawCrosshair(context, view, [row, column]) {
  const { plot: { left, top, width, height, cell }, span, stage: { theme } } = view;
  if (row < span.row || row >= span.row + span.rows) return;
  if (column < span.column || column >= span.column + span.columns) return;
  const x = left + (column - span.column) * cell;
  const y = top + (row - span.row) * cell;
  const wide = Math.max(cell, 2);
  context.fillStyle = theme.primary;
  context.globalAlpha = 0.16;
  context.fillRect(left, y, width, wide);
  context.fillRect(x, top, wide, height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.primary;
  context.lineWidth = 2;
  context.strokeRect(x - 0.5, y - 0.5, wide + 1, wide + 1);
  backLabel(context, view, row, column);
  letterQuery(context, view, row, true);
  letterKey(context, view, column, true);
}

/** Clear the neighbours' labels from behind the two that are set in bold. */
function backLabel(context, view, row, column) {
  const { plot, span, stage: { theme }, size } = view;
  const [high, x] = [16, plot.left + (column - span.column + 0.5) * plot.cell];
  const y = plot.top + (row - span.row + 0.5) * plot.cell;
  context.fillStyle = theme.background;
  if (plot.cell < CELL.readable) { // the labels of some tokens only: let these two stand out
    context.globalAlpha = 0.7;
    context.fillRect(AXIS, plot.top - 8, plot.left - AXIS - 4, plot.height + 10);
    context.fillRect(plot.left, AXIS, size[0], plot.top - AXIS - 5);
    context.globalAlpha = 1;
  }
  context.fillRect(AXIS, y - high / 2, plot.left - AXIS - 4, high);
  context.save();
  context.translate(x, plot.top - 7);
  const width = plot.keys[column - span.column];
  if (isFlat(plot, width)) context.fillRect(-width / 2 - 1, -15, width + 2, 17);
  else {
    context.rotate(-LABEL.slant);
    context.fillRect(-1, -high / 2, width + 8, high);
  }
  context.restore();
}

function describe(view) {
  const { message, line, hovered } = view;
  const place = hovered ?? (isFocused(view) ? view.cursor : null);
  if (!place || message.preview) { line.say(); return; }
  const [row, column] = place;
  const pair = make("span", "pair");
  pair.append(isolated(message.queries[row]), " → ", isolated(message.keys[column]));
  const columns = message.arrays[0].shape[1];
  const weight = message.arrays[0].values[row * columns + column] / 1000;
  const value = message.scale === "difference" ? withSign(weight, 3) : weight.toFixed(3);
  if (column > lastSeen(view, row)) line.say(pair, make("span", "detail", message.texts.unseen));
  else line.say(pair, make("span", "value", value));
}

function isFocused(view) {
  return view.stage.root.getRootNode().activeElement === view.frame;
}
