// Matrices of a formula: a product stands with its rows beside and its columns above, so that what
// a cell comes from lies in line with it. A chip for each symbol opens its matrix with its numbers.

export default function (component) {
  return present(component, buildMatrices);
}

function buildMatrices(stage) {
  const chips = make("div", "chips");
  const large = make("div", "large");
  const blocks = make("div", "blocks");
  const frame = make("div", "frame");
  frame.append(large, blocks);
  stage.root.append(chips, frame);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = {
    stage, chips, large, blocks, frame, line, legend,
    figures: [], hovered: null, cursor: null, selected: null, opened: null, marked: null, from: 0,
  };
  frame.onpointermove = (event) => pointAtEntry(view, entryAt(view, event));
  frame.onpointerleave = (event) => { if (event.pointerType !== "touch") pointAtEntry(view, null); };
  frame.onclick = (event) => chooseEntry(view, entryAt(view, event));
  frame.onkeydown = (event) => onMatrixKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return;
    view.cursor ??= view.selected ?? firstEntry(view);
    changeMatrices(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtEntry(view, null); };
  onSelectionTold(stage, () => view.message?.view, (cell) => {
    view.selected = holdsEntry(view, cell) ? cell : null;
    changeMatrices(view);
  });
  return { show: (message) => showMatrices(view, message), resize: () => layOutMatrices(view) };
}

function showMatrices(view, message) {
  if (view.message !== message) {
    const before = view.message && matrixNames(view.message);
    view.message = message;
    view.data = message.matrices.map((described, i) => readMatrix(message, described, i));
    for (const matrix of view.data.filter(({ leftOver }) => leftOver)) {
      const [whole, part] = matrix.leftOver.map((index) => view.data[index].values);
      matrix.values = Float64Array.from(whole, (value, at) => value - part[at]);
    }
    view.relations = new Map(message.relations.map((relation) => [relation.out, relation]));
    view.hovered = null;
    if (before !== matrixNames(message)) view.opened = null; // another step
    if (!holdsEntry(view, view.cursor)) view.cursor = null;
    const told = toldSelection(message.view);
    view.selected = holdsEntry(view, told) ? told : null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    fillChips(view);
    fillBlocks(view);
  }
  showMatrixLegend(view);
  layOutMatrices(view);
  describeEntry(view);
}

function matrixNames({ matrices }) {
  return matrices.map(({ symbol }) => symbol).join("\n");
}

function readMatrix(message, described, index) {
  const { values: packed } = message.arrays[index];
  const [rows, columns] = described.shape;
  const unit = 10 ** -described.digits;
  const whole = packed instanceof Float32Array; // numbers too large for 16 bits
  const values = whole ? packed : Float64Array.from(packed, (steps) => (steps - 32768) * unit);
  const hidden = described.hidden === null ? null : message.arrays[described.hidden].values;
  const { rows: rowLabels, columns: columnLabels } = described;
  return { ...described, index, values, hidden, height: rows, width: columns, rowLabels, columnLabels };
}

// ---- chips

/** A symbol with what is raised and lowered in it: W^Q, d_k, W^{(1)}. */
function symbolOf(text) {
  const node = make("span", "symbol");
  for (const [, sign, group, one, plain] of text.matchAll(/([\^_])(?:\{([^}]*)\}|(.))|([^\^_]+)/gu)) {
    if (plain) node.append(plain);
    else node.appendChild(make(sign === "^" ? "sup" : "sub", "", group ?? one));
  }
  return node;
}

function plainSymbol(text) {
  return text.replace(/[\^_]\{([^}]*)\}|[\^_]/gu, "$1");
}

function shapeOf({ height, width }) {
  return make("span", "shape", `${height} × ${width}`);
}

function fillChips(view) {
  const { message: { texts }, data, chips } = view;
  chips.replaceChildren(...data.map((matrix) => {
    const chip = make("button", "chip");
    chip.type = "button";
    chip.append(symbolOf(matrix.symbol), shapeOf(matrix));
    chip.title = texts.larger.replace("{symbol}", plainSymbol(matrix.symbol));
    chip.setAttribute("aria-pressed", String(view.opened === matrix.index));
    chip.onclick = () => openMatrix(view, view.opened === matrix.index ? null : matrix.index);
    chip.onpointerenter = () => markMatrix(view, matrix.index);
    chip.onpointerleave = () => markMatrix(view, null);
    chip.onfocus = () => markMatrix(view, matrix.index);
    chip.onblur = () => markMatrix(view, null);
    return chip;
  }));
}

function markMatrix(view, index) {
  view.marked = index;
  for (const { place, matrix } of view.figures) {
    place.classList.toggle("marked", matrix.index === index);
  }
}

function openMatrix(view, index) {
  const left = view.large.contains(view.stage.root.getRootNode().activeElement) ? view.opened : null;
  view.opened = index;
  view.from = 0;
  [...view.chips.children].forEach((chip, i) => {
    chip.setAttribute("aria-pressed", String(i === index));
  });
  fillBlocks(view);
  layOutMatrices(view);
  if (left !== null) view.chips.children[index ?? left].focus(); // its own tools are gone
}

// ---- figures

function fillBlocks(view) {
  const { message, data, blocks, large } = view;
  view.figures = [];
  large.replaceChildren();
  if (view.opened !== null) large.appendChild(largeFigure(view));
  blocks.replaceChildren(...message.blocks.map((block) => {
    const place = make("section", `block ${block.kind}`);
    if (block.title) place.appendChild(make("h4", "title", block.title));
    const body = make("div", "body");
    block.matrices.forEach((index, i) => {
      body.appendChild(figureOf(view, data[index], { block, role: i }));
    });
    place.appendChild(body);
    return place;
  }));
}

function figureOf(view, matrix, { block, role }) {
  const place = make("figure", `matrix role-${role}`);
  const head = make("figcaption", "head");
  head.append(symbolOf(matrix.symbol), shapeOf(matrix));
  if (matrix.note) head.appendChild(make("span", "note", matrix.note));
  const picture = make("canvas", "picture");
  picture.dataset.figure = view.figures.length;
  picture.setAttribute("aria-hidden", "true");
  place.append(head, picture);
  view.figures.push({ matrix, block, role, place, head, picture, windowed: false });
  return place;
}

/** The matrix that is open: a part of it, with its numbers. */
function largeFigure(view) {
  const { texts } = view.message;
  const matrix = view.data[view.opened];
  const place = figureOf(view, matrix, { block: null, role: 0 });
  const figure = view.figures.at(-1);
  figure.windowed = true;
  const tools = make("span", "tools");
  const tool = (sign, title, act) => {
    const button = make("button", "tool", sign);
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.onclick = (event) => { event.stopPropagation(); act(); };
    tools.appendChild(button);
    return button;
  };
  figure.earlier = tool("‹", texts.earlier, () => turnPage(view, figure, -1));
  figure.later = tool("›", texts.later, () => turnPage(view, figure, 1));
  tool("×", texts.close, () => openMatrix(view, null));
  figure.head.appendChild(tools);
  return place;
}

function turnPage(view, figure, direction) {
  view.cursor = null; // it would take the page back to itself
  view.from += direction * figure.plot.columns;
  layOutMatrices(view);
}

function showMatrixLegend({ stage: { theme }, data, message: { texts }, legend }) {
  legend.replaceChildren();
  if (data.some(({ scale }) => scale === "difference")) {
    const ticks = ["−", "0", "+"].map((text, i) => ({ at: i / 2, text }));
    legend.appendChild(scaleLegend(texts.difference, ticks, divergingTable(theme)));
  }
  if (data.some(({ scale }) => scale === "share")) {
    legend.appendChild(scaleLegend(texts.share, [{ at: 0, text: "0" }, { at: 1, text: "1" }]));
  }
  if (data.some(({ hidden }) => hidden?.some(Boolean))) {
    legend.appendChild(swatchLegend("hatched", texts.hidden));
  }
}

// ---- pointing

function firstEntry({ message }) {
  const first = message.relations.at(-1)?.out ?? 0;
  return [first, 0, 0];
}

function holdsEntry({ data }, cell) {
  const matrix = cell && data?.[cell[0]];
  return Boolean(matrix && cell[1] < matrix.height && cell[2] < matrix.width);
}

function entryAt(view, event) {
  const figure = view.figures[Number(event.target.dataset?.figure ?? -1)];
  if (!figure?.plot) return null;
  const { matrix, plot: { left, top, wide, high, columns, rows, from } } = figure;
  const { x, y } = offsetIn(event);
  const column = Math.floor((x - left) / (wide / columns));
  const row = Math.floor((y - top) / (high / rows));
  if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
  return [matrix.index, row, from + column];
}

function pointAtEntry(view, cell) {
  if (!view.message || String(cell) === String(view.hovered)) return;
  view.hovered = cell;
  changeMatrices(view);
}

function chooseEntry(view, cell) {
  if (!cell) return;
  view.selected = cell;
  view.cursor = cell;
  changeMatrices(view);
  view.stage.answer("selected", cell);
}

function changeMatrices(view) {
  if (!view.message) return;
  describeEntry(view);
  drawMatrices(view);
}

function onMatrixKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  if (event.target !== view.frame) return;
  const [index, row, column] = view.cursor ?? view.selected ?? firstEntry(view);
  const { height, width } = view.data[index];
  const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
  const next = (step) => [(index + step + view.data.length) % view.data.length, 0, 0];
  const to = {
    ArrowLeft: () => [index, row, within(column - 1, width)],
    ArrowRight: () => [index, row, within(column + 1, width)],
    ArrowUp: () => [index, within(row - 1, height), column],
    ArrowDown: () => [index, within(row + 1, height), column],
    Home: () => [index, row, 0],
    End: () => [index, row, width - 1],
    PageDown: () => next(1),
    PageUp: () => next(-1),
  }[event.key];
  if (to) view.cursor = to();
  else if (event.key === "Enter") chooseEntry(view, view.cursor);
  else return;
  view.hovered = null;
  event.preventDefault();
  event.stopPropagation();
  describeEntry(view);
  if (view.cursor?.[0] === view.opened) layOutMatrices(view); // its columns follow the keyboard
  else drawMatrices(view);
}
