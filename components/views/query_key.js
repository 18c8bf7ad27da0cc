// One query against every key: the query's vector on top, then a row for each key with its q × k,
// one cell a dimension, their sum, the score, and what softmax makes of it.

const QK = {
  caption: 20, // above the query's vector, and above the columns
  query: 22, // the query's vector
  label: 116, labelNarrow: 76, // the widest a label may be
  number: 58, // q · k, and the score
  weight: [132, 84], // the bar and its number; on a narrow screen
  cell: 9, // the widest
  wide: 520, // from here on there is room for the numbers
};
const [DOT, SCALED, BIAS, SCORE, WEIGHT] = [0, 1, 2, 3, 4]; // the rows of the third array

export default function (component) {
  return present(component, buildQueryKey);
}

function buildQueryKey(stage) {
  const view = { stage, hovered: null, cursor: null, selected: null, last: null, order: null };
  view.bar = make("div", "order unsaved");
  stage.root.appendChild(view.bar);
  view.rows = openRows(stage, () => { followQueryKeyPointer(view); drawQueryKey(view); });
  view.line = openLine(stage.root);
  view.legend = make("div", "legend");
  stage.root.appendChild(view.legend);
  view.buttons = { position: orderButton(view, "position"), weight: orderButton(view, "weight") };
  handleQueryKeyPointer(view);
  onSelectionTold(stage, () => view.message?.view, (told) => {
    view.selected = told?.[0] ?? null;
    drawQueryKey(view);
  });
  return { show: (message) => showQueryKey(view, message), resize: () => layOutQueryKey(view) };
}

function orderButton(view, order) {
  const button = make("button", "order-button");
  button.type = "button";
  button.onclick = () => {
    view.order = order;
    view.rows.frame.scrollTop = 0;
    orderRows(view);
    drawQueryKey(view);
  };
  view.bar.appendChild(button);
  return button;
}

function showQueryKey(view, message) {
  if (view.message !== message) {
    const before = view.message;
    view.message = message;
    view.order ??= message.order;
    const [query, keys, numbers, seen] = message.arrays;
    const count = message.keys.length;
    view.q = query.values;
    view.k = keys.values;
    view.dim = keys.shape[1];
    view.number = (kind, key) => numbers.values[kind * count + key];
    view.seen = (key) => seen.values[key] === 1;
    view.limits = limitsOf(view);
    view.grey = new Set(message.specialKeys);
    if (before?.keys.join("\n") !== message.keys.join("\n")) {
      view.cursor = null;
      view.rows.frame.scrollTop = 0;
    }
    view.selected = toldSelection(message.view)?.[0] ?? null;
    view.hovered = null;
    view.rows.frame.setAttribute("aria-label", message.title);
    view.line.hint(message.texts.hint);
    view.bar.setAttribute("role", "group");
    view.bar.setAttribute("aria-label", message.texts.order);
    view.buttons.position.textContent = message.texts.byPosition;
    view.buttons.weight.textContent = message.texts.byWeight;
    orderRows(view);
  }
  layOutQueryKey(view);
  showQueryKeyLegend(view);
  describeQueryKey(view);
}

function productAt(view, key, dimension) {
  return view.q[dimension] * view.k[key * view.dim + dimension];
}

/** The largest |q| and the largest |q × k| of what can be seen: the ends of the two scales. */
function limitsOf(view) {
  const limits = { query: 0, product: 0 };
  for (const value of view.q) limits.query = Math.max(limits.query, Math.abs(value));
  view.message.keys.forEach((_, key) => {
    if (!view.seen(key)) return;
    for (let i = 0; i < view.dim; i++) {
      limits.product = Math.max(limits.product, Math.abs(productAt(view, key, i)));
    }
  });
  return { query: limits.query || 1, product: limits.product || 1 };
}

/** Which key stands in which row; equal weights keep the order of the text. */
function orderRows(view) {
  const keys = view.message.keys.map((_, key) => key);
  const rank = (key) => (view.seen(key) ? view.number(WEIGHT, key) : -1);
  if (view.order === "weight") keys.sort((one, other) => rank(other) - rank(one) || one - other);
  view.keyAt = keys;
  view.rowOf = new Map(keys.map((key, row) => [key, row]));
  for (const [order, button] of Object.entries(view.buttons)) {
    button.setAttribute("aria-pressed", String(order === view.order));
  }
}

// ---- layout

function layOutQueryKey(view) {
  const { stage, message, rows } = view;
  const wide = stage.width >= QK.wide;
  const context = rows.picture.getContext("2d");
  context.font = `600 13px ${stage.theme.font}`;
  const most = wide ? QK.label : QK.labelNarrow;
  const labels = widestLabel(context, [...message.keys, message.query], most);
  const row = rowHeight(message.keys.length);
  const header = 2 * QK.caption + QK.query + 12;
  sizeRows(rows, header + row * message.keys.length + 4);
  const left = labels + 14;
  const weight = QK.weight[wide ? 0 : 1];
  const numbers = wide ? 2 * QK.number : 0;
  const room = rows.width - left - numbers - weight - 10;
  const fit = Math.min(QK.cell, room / view.dim);
  const cell = fit >= 3 ? Math.floor(fit) : fit;
  const cells = cell * view.dim;
  const dot = left + cells + 8;
  view.plot = {
    row, header, left, cell, cells, labels,
    dot: wide ? dot + QK.number - 8 : null, // where the numbers end
    score: wide ? dot + 2 * QK.number - 8 : null,
    weight: dot + numbers + 4,
    bar: weight - 50,
  };
  view.size = [Math.min(rows.width, Math.ceil(dot + numbers + weight)), rows.height];
  drawQueryKey(view);
}

// ---- legend

function showQueryKeyLegend(view) {
  const { texts } = view.message;
  view.legend.replaceChildren(
    limitsLegend(view, texts.queryScale, view.limits.query),
    limitsLegend(view, texts.productScale, view.limits.product),
  );
  if (view.message.keys.some((_, key) => !view.seen(key))) {
    view.legend.appendChild(swatchLegend("hatched", texts.unseenLegend));
  }
}

function limitsLegend(view, caption, limit) {
  const ticks = [signed(-limit, 3), "0", signed(limit, 3)].map((text, i) => ({ at: i / 2, text }));
  const legend = scaleLegend(caption, ticks, divergingTable(view.stage.theme));
  legend.classList.add("limits");
  return legend;
}

/** A number to so many significant digits, with a true minus sign. */
function signed(value, digits = 4) {
  return (Object.is(value, -0) ? 0 : value).toPrecision(digits).replaceAll("-", "−");
}
