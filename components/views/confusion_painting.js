// How a confusion matrix is painted: cells, their counts, names on both sides. A part of
// confusion.js, which says where everything lies.

function drawConfusion(view) {
  if (!view.message || !view.plot) return;
  const context = openCanvas(view.picture, ...view.size);
  const { names } = view.message;
  for (let row = 0; row < names.length; row++) {
    for (let column = 0; column < names.length; column++) paintCell(context, view, row, column);
  }
  outlineCells(context, view);
  nameAxes(context, view);
  names.forEach((name, place) => nameLabel(context, view, name, place));
}

function cornerOf({ plot }, row, column) {
  return [plot.left + column * plot.wide, plot.top + row * plot.high];
}

function paintCell(context, view, row, column) {
  const { plot, counts, totals, message: { names }, stage: { theme } } = view;
  const share = shareOf(counts, totals, names.length, row, column);
  const [x, y] = cornerOf(view, row, column);
  if (share === null) {
    context.fillStyle = hatching(context, theme.hatch);
    context.fillRect(x, y, plot.wide, plot.high);
    return;
  }
  const entry = theme.scale[Math.round(share * 1000)];
  context.fillStyle = css(channels(entry));
  context.fillRect(x, y, plot.wide + 0.5, plot.high + 0.5);
  const count = counts[row * names.length + column];
  if (!count) return;
  const text = String(count);
  context.font = `${row === column ? 600 : 400} 13px ${theme.font}`;
  if (plot.high < 16 || context.measureText(text).width > plot.wide - 4) return;
  context.fillStyle = inkOn(theme, entry);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x + plot.wide / 2, y + plot.high / 2 + 1);
}

/** A frame around all cells and each of the diagonal, and a ring around the one pointed at. */
function outlineCells(context, view) {
  const { plot, message: { names }, stage: { theme }, hovered, cursor } = view;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  const [wide, high] = [plot.wide * names.length, plot.high * names.length];
  context.strokeRect(plot.left - 0.5, plot.top - 0.5, wide + 1, high + 1);
  context.strokeStyle = theme.muted;
  names.forEach((_, place) => {
    const [x, y] = cornerOf(view, place, place);
    context.strokeRect(x + 0.5, y + 0.5, plot.wide - 1, plot.high - 1);
  });
  const cell = hovered ?? cursor;
  if (!cell) return;
  const [x, y] = cornerOf(view, ...cell);
  context.strokeStyle = theme.ring;
  context.lineWidth = 2;
  context.strokeRect(x, y, plot.wide, plot.high);
}

function nameAxes(context, view) {
  const { plot, message: { texts }, stage: { theme } } = view;
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText(`${texts.predicted} →`, plot.left, MATRIX.axis / 2);
  context.save();
  context.translate(MATRIX.axis / 2 - 1, plot.top);
  context.rotate(-Math.PI / 2);
  context.textAlign = "right";
  context.fillText(`← ${texts.right}`, 0, 0);
  context.restore();
}

/** The name of a label, beside its row and above its column. */
function nameLabel(context, view, name, place) {
  const { plot, stage: { theme }, hovered, cursor } = view;
  const cell = hovered ?? cursor ?? [];
  const { left, top, wide, high } = plot;
  const letter = (strong) => {
    context.font = `${strong ? 600 : 400} 13px ${theme.font}`;
    context.fillStyle = theme.text;
  };
  const isolate = `\u2068${name}\u2069`;
  context.textBaseline = "middle";
  letter(cell[0] === place);
  context.textAlign = "right";
  const y = top + (place + 0.5) * high;
  context.fillText(fitText(context, isolate, plot.side + 2), left - MATRIX.gap, y);
  letter(cell[1] === place);
  const x = left + (place + 0.5) * wide;
  if (plot.upright) {
    context.textAlign = "center";
    context.fillText(fitText(context, isolate, wide), x, top - 10);
    return;
  }
  context.save();
  context.translate(x, top - MATRIX.gap);
  context.rotate(-Math.PI / 2);
  context.textAlign = "left";
  context.fillText(fitText(context, isolate, plot.above - MATRIX.gap + 2), 0, 0);
  context.restore();
}
