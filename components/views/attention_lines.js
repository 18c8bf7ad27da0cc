// Heads as lines: queries in the left column, keys in the right one, a line for every weight that
// is large enough. Pointing at a token leaves only its lines and tints the tokens at their ends.

const LINES = {
  header: 26, // room for "from" and "to"
  gap: 16, // between two texts
  label: 120, labelNarrow: 84, // the widest a label may be
  number: 44, // a weight beside its token
  block: 6, // or, of several heads, a block for each
  reach: [90, 380], // the least and the most between the columns
  most: 1500, // lines in one picture; more are slow to draw and nobody could follow them
};
const LINES_PATIENCE = 10_000; // ms; then the page did not change

// Eight that stay apart for people who tell few colours apart (least distance 0.14 in Oklab, over
// normal sight and the three kinds of colour blindness; of the theme's six it is 0.04 and 0.004).
const HEAD_COLOURS = {
  light: ["#2F5DA8", "#B45309", "#00A5A5", "#B45AFF", "#4B002D", "#E18700", "#000087", "#783C4B"],
  dark: ["#7FB0FF", "#FFB454", "#FF6996", "#878700", "#5AF0FF", "#694BFF", "#FFFFA5", "#B43C96"],
};

export default function (component) {
  return present(component, buildLines);
}

function buildLines(stage) {
  const view = {
    stage, hidden: new Set(), solo: null, focus: null, cursor: null, selected: null, last: null,
  };
  view.rows = openRows(stage, () => { followPointer(view); drawLines(view); });
  view.line = openLine(stage.root);
  view.legend = make("div", "legend");
  stage.root.appendChild(view.legend);
  handleLinePointer(view);
  onSelectionTold(stage, () => view.message?.view, (told) => {
    view.selected = told?.[0] ?? null;
    drawLines(view);
  });
  hearWaiting(view);
  return { show: (message) => showLines(view, message), resize: () => layOutLines(view) };
}

function showLines(view, message) {
  if (view.message !== message) {
    const before = view.message;
    message.keys ??= message.queries;
    view.message = message;
    const [, queries, keys] = message.arrays[0].shape;
    const same = before && before.queries.join("\n") === message.queries.join("\n")
      && before.keys.join("\n") === message.keys.join("\n");
    view.unplaced = !same;
    if (!same) view.cursor = null;
    if (before?.names.join("\n") !== message.names.join("\n")) view.hidden.clear();
    view.shift = message.causal ? keys - queries : 0; // so that a token faces itself
    view.sinks = new Set(message.sinks);
    view.grey = {
      query: new Set(message.specialQueries), key: new Set(message.specialKeys),
    };
    view.selected = toldSelection(message.view)?.[0] ?? null;
    view.focus = null;
    view.edges = sortedEdges(view);
    view.rows.frame.setAttribute("aria-label", message.title);
    view.line.hint(message.texts.hint);
    markWaiting(view, false);
  }
  layOutLines(view);
  showLinesLegend(view);
  describeLines(view);
}

/** Every weight to be drawn, weak before strong, so that strong lines lie on top. */
function sortedEdges(view) {
  const { arrays: [{ shape: [heads, queries, keys], values }], least } = view.message;
  const counts = new Uint32Array(1002);
  for (const value of values) if (value >= least) counts[value + 1]++;
  for (let i = 1; i < counts.length; i++) counts[i] += counts[i - 1];
  const edges = new Uint32Array(counts[1001]); // places in the array
  for (let at = 0; at < heads * queries * keys; at++) {
    if (values[at] >= least) edges[counts[values[at]]++] = at;
  }
  return edges;
}

/** The head, query and key of a place in the array. */
function endsOf(view, at) {
  const [, queries, keys] = view.message.arrays[0].shape;
  const row = Math.floor(at / keys);
  return [Math.floor(row / queries), row % queries, at % keys];
}

function isUnseen(view, query, key) {
  return view.message.causal && key > query + view.shift;
}

// ---- layout

function layOutLines(view) {
  const { stage, message, rows } = view;
  const narrow = stage.width < 480;
  const context = rows.picture.getContext("2d");
  context.font = `600 13px ${stage.theme.font}`;
  const most = narrow ? LINES.labelNarrow : LINES.label;
  const labels = {
    query: widestLabel(context, message.queries, most),
    key: widestLabel(context, message.keys, most),
  };
  const row = rowHeight(Math.max(message.queries.length, message.keys.length));
  const key = rowTops(message.keys.length, message.keyGaps, row);
  const tops = { // a causal query stands beside the key that is the same token
    key, query: message.causal ? key.slice(view.shift)
      : rowTops(message.queries.length, message.queryGaps, row),
  };
  const total = Math.max(tops.query.at(-1), tops.key.at(-1)) + row + 4;
  sizeRows(rows, total);
  const several = message.names.length > 1;
  const beside = several ? LINES.block * message.names.length + 8 : LINES.number;
  const padding = 7; // within a label, on either side
  const left = labels.query + 2 * padding;
  const taken = left + labels.key + 2 * padding + beside;
  const free = rows.width - taken;
  const reach = Math.max(Math.min(free, LINES.reach[1]), Math.min(free, LINES.reach[0]));
  view.plot = { row, tops, labels, padding, beside, left, right: left + reach };
  view.size = [Math.min(rows.width, Math.ceil(taken + reach)), rows.height];
  if (view.unplaced) {
    const first = tops.query[view.selected ?? 0] ?? 0;
    scrollRows(rows, view.selected === null && !view.shift ? 0 : first - rows.height / 2);
    view.unplaced = false;
  }
  drawLines(view);
}

function rowTops(count, gaps, row) {
  let top = LINES.header - row;
  return Array.from({ length: count }, (_, i) => {
    top += row + (i && gaps.includes(i) ? LINES.gap : 0);
    return top;
  });
}

// ---- legend

function headColour(view, head) {
  const [r, g, b] = parseColour(view.stage.theme.background);
  return HEAD_COLOURS[r + g + b > 380 ? "light" : "dark"][head];
}

function showLinesLegend(view) {
  const { texts, causal, sinks, names } = view.message;
  view.legend.replaceChildren(strokeLegend(view));
  const heads = make("div", "heads");
  names.forEach((name, head) => heads.appendChild(headEntry(view, name, head)));
  view.legend.appendChild(heads);
  if (sinks.length) {
    const entry = swatchLegend("thin", texts.sinks);
    view.legend.appendChild(entry);
  }
  if (causal) view.legend.appendChild(swatchLegend("hatched", texts.unseen));
  view.leastNote = make("span", "note");
  view.legend.appendChild(view.leastNote);
  noteLeast(view);
}

/** What a weight looks like: a short line for each of four weights. */
function strokeLegend(view) {
  const legend = make("div", "strokes");
  legend.appendChild(make("span", "caption", view.message.texts.scale));
  for (const weight of [0.05, 0.25, 0.5, 1]) {
    const item = make("span", "stroke-item");
    const stroke = make("span", "stroke");
    stroke.style.height = rem(lineWidth(view, weight));
    stroke.style.opacity = lineOpacity(weight);
    stroke.style.backgroundColor = view.message.names.length > 1
      ? view.stage.theme.text : headColour(view, 0);
    item.append(stroke, make("span", "", String(weight)));
    legend.appendChild(item);
  }
  return legend;
}

/** A head's colour and name; with several heads a switch that hides it. */
function headEntry(view, name, head) {
  const several = view.message.names.length > 1;
  const entry = make(several ? "button" : "span", "head");
  const swatch = make("span", "swatch");
  swatch.style.backgroundColor = headColour(view, head);
  entry.append(swatch, isolated(name));
  if (!several) return entry;
  entry.type = "button";
  entry.title = view.message.texts.toggle.replace("{name}", name);
  entry.setAttribute("aria-pressed", String(!view.hidden.has(head)));
  entry.onclick = () => {
    if (!view.hidden.delete(head)) view.hidden.add(head);
    entry.setAttribute("aria-pressed", String(!view.hidden.has(head)));
    view.solo = null;
    drawLines(view);
    describeLines(view);
  };
  const stand = (solo) => { view.solo = solo; drawLines(view); };
  entry.onpointerenter = (event) => {
    if (event.pointerType === "mouse" && !view.hidden.has(head)) stand(head);
  };
  entry.onpointerleave = () => stand(null);
  return entry;
}

/** The smallest weight drawn: more where the picture would hold too many lines. */
function noteLeast(view) {
  if (!view.leastNote) return;
  const text = view.message.texts.least.replace("{least}", (view.drawnLeast / 1000).toFixed(2));
  if (view.leastNote.textContent !== text) view.leastNote.textContent = text;
}

// ---- another head was clicked, and its weights are on their way

function hearWaiting(view) {
  const hear = ({ detail: { from, place } }) => {
    if (!view.message?.previewOf.includes(from)) return;
    markWaiting(view, view.message.place?.join() !== place.join());
  };
  globalThis.addEventListener("headlight-preview", hear);
  view.stage.cleanups.push(() => {
    globalThis.removeEventListener("headlight-preview", hear);
    clearTimeout(view.patience);
  });
}

function markWaiting(view, waiting) {
  clearTimeout(view.patience);
  view.rows.frame.setAttribute("aria-busy", String(waiting));
  if (waiting) view.patience = setTimeout(() => markWaiting(view, false), LINES_PATIENCE);
}
