// How matrices are painted: cells, names, numbers, and what a cell comes from. A part of
// matrices.js, which says where everything lies.

function drawMatrices(view) {
  if (!view.message) return;
  const shown = view.hovered ?? view.cursor ?? view.selected;
  const marks = holdsEntry(view, shown) ? sourcesOf(view, shown) : [];
  for (const figure of view.figures) {
    if (!figure.plot) continue;
    const context = openCanvas(figure.picture, ...figure.size);
    paintCells(context, view, figure);
    if (figure.plot.numbers) writeCellNumbers(context, view, figure);
    nameRowsOf(context, view, figure, shown);
    nameColumnsOf(context, view, figure, shown);
    for (const mark of marks.filter(({ matrix }) => matrix === figure.matrix.index)) {
      ringPart(context, view, figure, mark);
    }
    const ring = (cell, colour) => {
      if (cell?.[0] !== figure.matrix.index) return;
      ringPart(context, view, figure, { row: cell[1], column: cell[2], colour });
    };
    ring(view.selected, view.stage.theme.ring);
    if (shown !== view.selected) ring(shown, view.stage.theme.text);
  }
}

function coloursFor(view, { scale, limit }) {
  const { theme } = view.stage;
  if (scale === "share") {
    return (value) => theme.scale[Math.round(1000 * Math.max(0, Math.min(1, value)))];
  }
  const table = divergingTable(theme);
  return (value) => table[Math.round(1000 * (Math.max(-1, Math.min(1, value / limit)) + 1))];
}

/** One image, a pixel a cell; where cells are finer than points, each point the largest of its own. */
function paintCells(context, view, { matrix, plot }) {
  const { theme } = view.stage;
  const { values, hidden, width } = matrix;
  const { columns, rows, from, left, top, wide, high } = plot;
  const across = Math.min(columns, Math.max(1, Math.floor(wide * pixelRatio())));
  const down = Math.min(rows, Math.max(1, Math.floor(high * pixelRatio())));
  const colour = coloursFor(view, matrix);
  const empty = pixel(theme.background);
  const image = new ImageData(across, down);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let best = 0;
      let seen = false;
      const lastRow = Math.max(Math.floor((y * rows) / down) + 1, Math.ceil(((y + 1) * rows) / down));
      const lastColumn = Math.max(
        Math.floor((x * columns) / across) + 1, Math.ceil(((x + 1) * columns) / across),
      );
      for (let r = Math.floor((y * rows) / down); r < lastRow; r++) {
        for (let c = Math.floor((x * columns) / across); c < lastColumn; c++) {
          const at = r * width + from + c;
          if (hidden?.[at]) continue;
          seen = true;
          if (Math.abs(values[at]) > Math.abs(best)) best = values[at];
        }
      }
      pixels[y * across + x] = seen ? colour(best) : empty;
    }
  }
  putImage(context, image, left, top, wide, high);
  if (hidden) hatchHidden(context, view, { matrix, plot });
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, wide + 1, high + 1);
}

function hatchHidden(context, view, { matrix: { hidden, width }, plot }) {
  const { columns, rows, from, left, top, wide, high } = plot;
  context.fillStyle = hatching(context, view.stage.theme.hatch, 5);
  for (let r = 0; r < rows; r++) {
    let start = null;
    for (let c = 0; c <= columns; c++) {
      const off = c < columns && hidden[r * width + from + c];
      if (off) start ??= c;
      else if (start !== null) {
        const x = left + (start * wide) / columns;
        context.fillRect(x, top + (r * high) / rows, ((c - start) * wide) / columns, high / rows);
        start = null;
      }
    }
  }
}

function writeCellNumbers(context, view, { matrix, plot }) {
  const { columns, rows, from, left, top, wide, high } = plot;
  const colour = coloursFor(view, matrix);
  context.font = `12px ${view.stage.theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const at = r * matrix.width + from + c;
      if (matrix.hidden?.[at]) continue;
      context.fillStyle = inkOn(view.stage.theme, colour(matrix.values[at]));
      const text = fitText(context, spellEntry(matrix, at, 3), wide / columns - 4);
      context.fillText(text, left + ((c + 0.5) * wide) / columns, top + ((r + 0.5) * high) / rows);
    }
  }
}

function nameRowsOf(context, view, { matrix, plot, role, block }, shown) {
  const { rowLabels } = matrix;
  const { rows, left, top, high } = plot;
  if (left < 12 || (block?.kind === "product" && role === 2)) return;
  const step = high / rows;
  const named = rowLabels.length ? rowLabels : plot.numbers && Array.from({ length: rows }, (_, i) => i);
  if (!named || (step < GRID.label && !plot.numbers)) return;
  context.font = `12px ${view.stage.theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (let r = 0; r < rows; r++) {
    const here = shown?.[0] === matrix.index && shown[1] === r;
    context.fillStyle = here ? view.stage.theme.text : view.stage.theme.muted;
    const text = fitText(context, String(named[r]), left - 8);
    context.fillText(text, left - 6, top + (r + 0.5) * step);
  }
}

function nameColumnsOf(context, view, { matrix, plot }, shown) {
  const { columnLabels, numbers } = matrix;
  const { columns, from, left, top, wide } = plot;
  if (top < 14) return;
  const step = wide / columns;
  context.font = `12px ${view.stage.theme.font}`;
  for (let c = 0; c < columns; c++) {
    const here = shown?.[0] === matrix.index && shown[2] === from + c;
    context.fillStyle = here ? view.stage.theme.text : view.stage.theme.muted;
    const x = left + (c + 0.5) * step;
    const name = columnLabels.length ? columnLabels[from + c] : String(numbers[from + c] ?? from + c);
    if (plot.numbers) {
      context.textAlign = "center";
      context.textBaseline = "alphabetic";
      context.fillText(fitText(context, name, step - 4), x, top - 6);
    } else if (columnLabels.length) {
      context.save();
      context.translate(x, top - 5);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.textBaseline = "middle";
      context.fillText(fitText(context, name, top - 8), 0, 0);
      context.restore();
    }
  }
}

/** A ring around a cell, or around a whole row or column where the other is not given. */
function ringPart(context, { stage: { theme } }, { plot }, { row = null, column = null, colour }) {
  const { columns, rows, from, left, top, wide, high } = plot;
  if (column !== null && (column < from || column >= from + columns)) return;
  const [cellWide, cellHigh] = [wide / columns, high / rows];
  const x = column === null ? left : left + (column - from) * cellWide;
  const y = row === null ? top : top + row * cellHigh;
  const w = Math.max(column === null ? wide : cellWide, 2);
  const h = Math.max(row === null ? high : cellHigh, 2);
  context.lineWidth = 2;
  context.strokeStyle = theme.background;
  context.strokeRect(x - 2, y - 2, w + 4, h + 4);
  context.strokeStyle = colour ?? theme.primary;
  context.strokeRect(x - 1, y - 1, w + 2, h + 2);
}
