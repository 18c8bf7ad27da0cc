// How a query and its keys are painted: cells in blue and orange about zero, numbers, bars. A part
// of query_key.js, which says where everything lies.

function drawQueryKey(view) {
  if (!view.message || !view.plot) return;
  const { rows, size: [width, height], plot } = view;
  const context = openCanvas(rows.picture, width, height);
  view.scroll = scrollOf(rows);
  view.colours = divergingTable(view.stage.theme);
  const shown = view.hovered ?? (rowsHaveFocus(view.stage, rows) ? view.cursor : null);
  const first = Math.max(0, Math.floor(view.scroll / plot.row));
  const below = Math.ceil((view.scroll + height - plot.header) / plot.row);
  const last = Math.min(view.keyAt.length, below);
  context.save();
  context.beginPath();
  context.rect(0, plot.header - 2, width, height - plot.header + 2);
  context.clip();
  if (shown?.key >= 0) tintRow(context, view, shown.key);
  paintCells(context, view, first, last);
  for (let row = first; row < last; row++) letterRow(context, view, row, shown);
  markChosen(context, view, view.selected);
  markCell(context, view, shown);
  context.restore();
  drawQueryRow(context, view, shown);
}

function rowTop(view, row) {
  return view.plot.header + row * view.plot.row - view.scroll;
}

function tintRow(context, view, key) {
  const { plot, stage: { theme }, size } = view;
  context.globalAlpha = 0.12;
  context.fillStyle = theme.primary;
  context.fillRect(0, rowTop(view, view.rowOf.get(key)), size[0], plot.row);
  context.globalAlpha = 1;
}

// ---- cells

/** The rows in sight as one image of one pixel a cell, and the background between them. */
function paintCells(context, view, first, last) {
  const { plot: { left, cells, row }, dim, stage: { theme } } = view;
  if (last <= first) return;
  const image = new ImageData(dim, last - first);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0, place = first; place < last; place++) {
    const key = view.keyAt[place];
    for (let i = 0; i < dim; i++, at++) {
      if (!view.seen(key)) continue;
      pixels[at] = colourAt(view.colours, productAt(view, key, i), view.limits.product);
    }
  }
  putImage(context, image, left, rowTop(view, first), cells, row * (last - first));
  context.fillStyle = theme.background;
  for (let place = first; place <= last; place++) {
    context.fillRect(left, rowTop(view, place) - 2, cells, 4);
  }
  separateCells(context, view, rowTop(view, first), row * (last - first));
  for (let place = first; place < last; place++) {
    const top = rowTop(view, place) + 2;
    if (view.seen(view.keyAt[place])) outline(context, theme, left, top, cells, row - 4);
    else {
      context.fillStyle = hatching(context, theme.hatch);
      context.fillRect(left, top, cells, row - 4);
    }
  }
}

function outline(context, theme, x, y, width, height) {
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/** Thin lines of background between cells that are wide enough for them. */
function separateCells(context, view, top, height) {
  const { plot: { left, cell }, dim, stage: { theme } } = view;
  if (cell < 6) return;
  context.fillStyle = theme.background;
  for (let i = 1; i < dim; i++) context.fillRect(left + i * cell - 0.5, top, 1, height);
}

function colourAt(colours, value, limit) {
  return colours[Math.round(1000 * (Math.max(-1, Math.min(1, value / limit)) + 1))];
}

/** The cell pointed at, and its dimension in the query's row above. */
function markCell(context, view, shown) {
  if (!shown || shown.dimension === null || shown.key < 0) return;
  const { plot: { left, cell, row }, stage: { theme } } = view;
  const x = left + shown.dimension * cell;
  const y = rowTop(view, view.rowOf.get(shown.key));
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y + 1, Math.max(cell, 2) + 2, row - 2);
}

function markChosen(context, view, key) {
  if (key === null || !view.rowOf.has(key)) return;
  context.strokeStyle = view.stage.theme.ring;
  context.lineWidth = 2;
  context.strokeRect(1, rowTop(view, view.rowOf.get(key)) + 1, view.size[0] - 2, view.plot.row - 2);
}

// ---- the query's row, which stays while the keys scroll

function drawQueryRow(context, view, shown) {
  const { plot, message, stage: { theme }, dim, size } = view;
  const { left, cells, cell } = plot;
  const top = QK.caption + 1;
  const high = QK.query - 2;
  const image = new ImageData(dim, 1);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < dim; i++) pixels[i] = colourAt(view.colours, view.q[i], view.limits.query);
  if (shown?.key === -1) {
    context.fillStyle = theme.primary;
    context.globalAlpha = 0.12;
    context.fillRect(0, QK.caption - 1, size[0], QK.query + 2);
    context.globalAlpha = 1;
  }
  putImage(context, image, left, top, cells, high);
  separateCells(context, view, top, high);
  outline(context, theme, left, top, cells, high);
  const middle = top + high / 2;
  const write = (...rest) => writeText(context, view, "600 13px", theme.text, "right", ...rest);
  write(message.query, left - 8, middle, plot.labels);
  context.strokeStyle = theme.line;
  context.beginPath();
  context.moveTo(0, plot.header - 3.5);
  context.lineTo(size[0], plot.header - 3.5);
  context.stroke();
  if (shown && shown.dimension !== null) {
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.strokeRect(left + shown.dimension * cell - 1, top - 1, Math.max(cell, 2) + 2, high + 2);
  }
  letterCaptions(context, view);
}

function letterCaptions(context, view) {
  const { plot, message: { texts }, stage: { theme } } = view;
  let y = QK.caption / 2 - 1;
  const caption = (align, text, x, room) =>
    writeText(context, view, "12px", theme.muted, align, text, x, y, room);
  caption("left", texts.vector, plot.left, plot.cells);
  y = plot.header - 4 - QK.caption / 2;
  caption("left", texts.products, plot.left, plot.cells);
  if (plot.dot) {
    caption("right", texts.dot, plot.dot, QK.number);
    caption("right", texts.score, plot.score, QK.number);
  }
  caption("left", texts.weight, plot.weight, plot.bar + 50);
}

function writeText(context, view, font, colour, align, text, x, y, room) {
  context.font = `${font} ${view.stage.theme.font}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillText(fitText(context, alone(text), room + 2), x, y + 0.5);
}

// ---- the rows of the keys

function letterRow(context, view, place, shown) {
  const { plot, message, stage: { theme } } = view;
  const key = view.keyAt[place];
  const seen = view.seen(key);
  const y = rowTop(view, place) + plot.row / 2;
  const strong = shown?.key === key;
  const quiet = (view.grey.has(key) && !strong) || !seen;
  const write = (font, colour, align, text, x, room) =>
    writeText(context, view, font, colour, align, text, x, y, room);
  write(`${strong ? 600 : 400} 13px`, quiet ? theme.muted : theme.text, "right",
    message.keys[key], plot.left - 8, plot.labels);
  if (!seen) {
    const from = plot.dot ? plot.dot - QK.number + 14 : plot.weight;
    write("12px", theme.muted, "left", message.texts.unseen, from, view.size[0] - from);
    return;
  }
  const column = (kind) => view.number(kind, key).toFixed(2).replace("-", "−");
  if (plot.dot) {
    write("12px", theme.text, "right", column(DOT), plot.dot, QK.number);
    write("12px", theme.text, "right", column(SCORE), plot.score, QK.number);
  }
  const weight = view.number(WEIGHT, key);
  context.fillStyle = theme.grey;
  context.globalAlpha = 0.5;
  context.fillRect(plot.weight, y - 5, plot.bar, 10);
  context.globalAlpha = 1;
  context.fillStyle = theme.primary;
  context.fillRect(plot.weight, y - 5, plot.bar * weight, 10);
  const end = plot.weight + plot.bar + 42;
  write(`${strong ? 600 : 400} 12px`, theme.text, "right", weight.toFixed(3), end, 44);
}
