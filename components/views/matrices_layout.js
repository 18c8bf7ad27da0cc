// Where the matrices of a formula lie, and how large their cells are. A part of matrices.js.

const GRID = {
  most: 26, // a cell with room around it
  tall: 18, low: 13, // the height of a row of tokens, and in a pile of many matrices
  many: 4,
  label: 11, // the least height at which rows are named
  numbered: 58, numberHigh: 24, // a cell that holds its number
  deepest: 210, // the height of a matrix of many rows
  names: 120, // the widest names of rows
  gap: 12,
  edge: 2, // a ring lies outside its cell
};

function layOutMatrices(view) {
  if (!view.message) return;
  const room = Math.max(view.stage.width, 240);
  for (const figure of view.figures.filter(({ windowed }) => windowed)) layOutLarge(view, figure, room);
  view.message.blocks.forEach((block) => {
    const own = view.figures.filter((figure) => figure.block === block);
    if (block.kind === "product") layOutProduct(view, own, room);
    else if (block.kind === "row") layOutRow(view, own, room);
    else for (const figure of own) layOutOne(view, figure, room);
  });
  drawMatrices(view);
}

/** The width that the names of rows need; 0 where they have none or there is no room for them. */
function namesOfRows(view, { rowLabels }, high, room) {
  if (!rowLabels.length || high < GRID.label) return 0;
  const ruler = rulerFor(view.stage, "12px");
  const widest = Math.max(...rowLabels.map((label) => ruler.measureText(label).width));
  return Math.ceil(Math.min(widest, GRID.names, room * 0.3)) + 6;
}

/** The height that the names of columns need, which are written upwards. */
function namesOfColumns(view, { columnLabels }, wide) {
  if (!columnLabels.length || wide < GRID.label) return 0;
  const ruler = rulerFor(view.stage, "12px");
  const widest = Math.max(...columnLabels.map((label) => ruler.measureText(label).width));
  return Math.ceil(Math.min(widest, 84)) + 6;
}

/** The height of a row, so that all rows fit. */
function rowHigh(rows, tokens) {
  return Math.min(tokens ? GRID.tall : GRID.most, GRID.deepest / rows);
}

function place(figure, left, top, cellWide, cellHigh) {
  const { matrix: { height, width } } = figure;
  const plot = {
    left: left + GRID.edge, top: top + GRID.edge,
    wide: width * cellWide, high: height * cellHigh,
    columns: width, rows: height, from: 0, numbers: false,
  };
  figure.plot = plot;
  figure.size = [
    Math.ceil(plot.left + plot.wide + GRID.edge), Math.ceil(plot.top + plot.high + GRID.edge),
  ];
}

/** Rows beside, columns above, and the product in line with both. */
function layOutProduct(view, [left, right, out], room) {
  const high = rowHigh(left.matrix.height, true);
  const names = namesOfRows(view, left.matrix, high, room);
  const gutter = namesOfRows(view, right.matrix, rowHigh(right.matrix.height, true), room / 2);
  const free = room - names - gutter - GRID.gap - 4 * GRID.edge;
  const [inner, outer] = [left.matrix.width, out.matrix.width];
  // The narrower matrix gets what it can use, the other the rest.
  const most = { inner: inner * GRID.most, outer: outer * GRID.most };
  let leftWide = Math.min(most.inner, free * 0.5);
  const rightWide = Math.min(most.outer, free - leftWide);
  leftWide = Math.min(most.inner, free - rightWide);
  const cell = { left: leftWide / inner, right: rightWide / outer };
  place(left, names, 0, cell.left, high);
  const above = namesOfColumns(view, right.matrix, cell.right);
  place(right, gutter, above, cell.right, rowHigh(right.matrix.height, true));
  place(out, gutter, 0, cell.right, high);
}

/** Side by side where there is room for all, below one another where there is not. */
function layOutRow(view, figures, room) {
  const high = rowHigh(figures[0].matrix.height, true);
  const names = namesOfRows(view, figures[0].matrix, high, room);
  const each = (room - GRID.gap * (figures.length - 1)) / figures.length;
  const least = Math.max(...figures.map(({ matrix }) => matrix.width)) * 5;
  const beside = each - names >= Math.min(least, 150);
  const share = (beside ? Math.floor(each) : room) - 1; // what is rounded up must not break the row
  for (const figure of figures) {
    const cell = Math.min(GRID.most, (share - names - 2 * GRID.edge) / figure.matrix.width);
    place(figure, names, namesOfColumns(view, figure.matrix, cell), cell, high);
  }
}

/** Alone in its line, as wide as the page. */
function layOutOne(view, figure, room) {
  const piled = figure.block.matrices.length;
  const high = Math.min(rowHigh(figure.matrix.height, true), piled < GRID.many ? GRID.tall : GRID.low);
  const names = namesOfRows(view, figure.matrix, high, room);
  const cell = Math.min(GRID.most, (room - names - 2 * GRID.edge) / figure.matrix.width);
  place(figure, names, namesOfColumns(view, figure.matrix, cell), cell, high);
}

/** A window on some columns, each wide enough for its numbers. */
function layOutLarge(view, figure, room) {
  const { matrix } = figure;
  const names = namesOfRows(view, matrix, GRID.numberHigh, room) || 44;
  const fit = Math.max(1, Math.floor((room - names - 2 * GRID.edge) / GRID.numbered));
  const columns = Math.min(matrix.width, fit);
  view.from = Math.max(0, Math.min(view.from, matrix.width - columns));
  const shown = view.hovered ?? view.cursor;
  if (shown === view.cursor && shown?.[0] === matrix.index) {
    if (shown[2] < view.from) view.from = shown[2];
    if (shown[2] >= view.from + columns) view.from = shown[2] - columns + 1;
  }
  const above = matrix.columnLabels.length ? namesOfColumns(view, matrix, GRID.numbered) : 18;
  figure.plot = {
    left: names + GRID.edge, top: above + GRID.edge,
    wide: columns * GRID.numbered, high: matrix.height * GRID.numberHigh,
    columns, rows: matrix.height, from: view.from, numbers: true,
  };
  figure.size = [
    figure.plot.left + figure.plot.wide + GRID.edge, figure.plot.top + figure.plot.high + GRID.edge,
  ];
  figure.earlier.disabled = view.from === 0;
  figure.later.disabled = view.from + columns >= matrix.width;
}
