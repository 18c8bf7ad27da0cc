// How a query and its keys are pointed at, and what the line under them says. A part of
// query_key.js. A place is {key, dimension}; the key -1 is the query's own row, and no dimension
// is the row as a whole.

function placeAt(view, event) {
  const { plot: { left, cell, cells, header, row }, rows, dim } = view;
  const { x, y } = pointOn(rows.picture, event);
  if (x < 0 || x >= view.size[0] || y < QK.caption || y >= view.size[1]) return null;
  const inCells = x >= left && x < left + cells;
  const dimension = inCells ? Math.min(dim - 1, Math.floor((x - left) / cell)) : null;
  if (y < header) return dimension === null ? null : { key: -1, dimension };
  const key = view.keyAt[Math.floor((y - header + scrollOf(rows)) / row)];
  if (key === undefined) return null;
  return { key, dimension: view.seen(key) ? dimension : null };
}

function pointAt(view, place) {
  if (place?.key === view.hovered?.key && place?.dimension === view.hovered?.dimension) return;
  view.hovered = place;
  drawQueryKey(view);
  describeQueryKey(view);
}

function handleQueryKeyPointer(view) {
  const { frame, picture } = view.rows;
  picture.onpointermove = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.last = { clientX: event.clientX, clientY: event.clientY };
    pointAt(view, placeAt(view, event));
  };
  picture.onpointerleave = (event) => {
    if (event.pointerType === "touch") return;
    view.last = null;
    pointAt(view, null);
  };
  picture.onclick = (event) => {
    const place = placeAt(view, event);
    view.cursor = place ?? view.cursor;
    pointAt(view, place);
    chooseKey(view, place);
  };
  frame.onkeydown = (event) => onQueryKeyKey(view, event);
  frame.onfocus = () => { drawQueryKey(view); describeQueryKey(view); };
  frame.onblur = () => { pointAt(view, null); drawQueryKey(view); describeQueryKey(view); };
}

/** While the rows scroll, another cell comes to lie under a resting mouse. */
function followQueryKeyPointer(view) {
  if (view.last) pointAt(view, placeAt(view, view.last));
}

function chooseKey(view, place) {
  if (!view.message.selectable || !place || place.key < 0) return;
  view.selected = place.key;
  drawQueryKey(view);
  view.stage.answer("selected", place.key);
}

/** Up and down over the rows, the query's own above the first; left and right over dimensions. */
function onQueryKeyKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const start = { key: view.selected ?? view.keyAt[0], dimension: null };
  const { key, dimension } = view.cursor ?? start;
  const row = key < 0 ? -1 : view.rowOf.get(key);
  const big = event.shiftKey ? 10 : 1;
  const page = Math.max(1, Math.floor((view.size[1] - view.plot.header) / view.plot.row) - 1);
  const from = dimension ?? -1;
  const to = {
    ArrowUp: [row - big, dimension],
    ArrowDown: [row + big, dimension],
    PageUp: [row - page, dimension],
    PageDown: [row + page, dimension],
    ArrowLeft: [row, from - big],
    ArrowRight: [row, from + big],
    Home: [0, dimension],
    End: [view.keyAt.length - 1, dimension],
  }[event.key];
  if (to && !view.cursor) view.cursor = { key, dimension };
  else if (to) view.cursor = boundedPlace(view, ...to);
  else if (event.key === "Escape") view.cursor = null;
  else if ((event.key === "Enter" || event.key === " ") && view.cursor) {
    chooseKey(view, view.cursor);
  } else return;
  event.preventDefault();
  [view.last, view.hovered] = [null, null];
  if (view.cursor?.key >= 0) {
    const top = view.plot.header + view.rowOf.get(view.cursor.key) * view.plot.row;
    revealRows(view.rows, top, top + view.plot.row, view.plot.header);
  }
  drawQueryKey(view);
  describeQueryKey(view);
}

function boundedPlace(view, row, dimension) {
  const place = Math.min(Math.max(row, -1), view.keyAt.length - 1);
  const within = dimension === null || dimension < 0 ? null : Math.min(dimension, view.dim - 1);
  if (place < 0) return { key: -1, dimension: within ?? 0 };
  return { key: view.keyAt[place], dimension: within };
}

// ---- what the line under the picture says

function describeQueryKey(view) {
  const { line, stage, rows, message } = view;
  const place = view.hovered ?? (rowsHaveFocus(stage, rows) ? view.cursor : null);
  if (!place) { line.say(); return; }
  const { key, dimension } = place;
  const pair = make("span", "pair");
  pair.append(isolated(message.query));
  if (key >= 0) pair.append(" → ", isolated(message.keys[key]));
  if (key >= 0 && !view.seen(key)) line.say(pair, make("span", "detail", message.texts.unseen));
  else if (dimension === null) line.say(pair, ...formula(view, key));
  else line.say(pair, ...cellNumbers(view, key, dimension));
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function cellNumbers(view, key, dimension) {
  const { texts } = view.message;
  const q = view.q[dimension];
  const parts = [
    make("span", "detail", fill(texts.dimension, { number: dimension })),
    fill(texts.q, { value: signed(q) }),
  ];
  if (key < 0) return parts;
  const k = view.k[key * view.dim + dimension];
  const product = make("span", "value", fill(texts.product, { value: signed(q * k) }));
  return [...parts, fill(texts.k, { value: signed(k) }), product];
}

/** The whole way from q · k to the weight, with its numbers; only the steps this model has. */
function formula(view, key) {
  const { texts, scaling, softcap, biased } = view.message;
  const at = (kind) => view.number(kind, key);
  const steps = [
    fill(texts.formulaDot, { dot: signed(at(DOT)) }),
    fill(texts.formulaScaled, { scaling: signed(scaling), scaled: signed(at(SCALED)) }),
  ];
  if (softcap !== null) {
    const capped = softcap * Math.tanh(at(SCALED) / softcap);
    steps.push(fill(texts.formulaCapped, { softcap: String(softcap), capped: signed(capped) }));
  }
  if (biased) {
    steps.push(fill(texts.formulaBias, { bias: signed(at(BIAS)), score: signed(at(SCORE)) }));
  }
  const weight = fill(texts.formulaWeight, { weight: at(WEIGHT).toFixed(3) });
  return [make("span", "", `${steps.join("; ")};`), make("span", "value", weight)];
}
