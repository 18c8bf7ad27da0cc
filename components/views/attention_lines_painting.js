// How the lines are painted. A part of attention_lines.js, which says where everything lies.

const LEVELS = 20; // of strength; lines of one level and head are one stroke

/** Thinner where lines of many heads lie beside one another. */
function lineWidth(view, weight) {
  return 0.7 + (view.message.names.length > 4 ? 1.8 : 3.3) * weight;
}

function lineOpacity(weight) {
  return Math.min(1, 0.14 + 0.86 * weight);
}

function drawLines(view) {
  if (!view.message || !view.plot) return;
  const { rows, size: [width, height], stage: { theme } } = view;
  const context = openCanvas(rows.picture, width, height);
  view.scroll = scrollOf(rows);
  const shown = view.focus ?? (rowsHaveFocus(view.stage, rows) ? view.cursor : null);
  context.save();
  context.beginPath();
  context.rect(0, LINES.header - 2, width, height - LINES.header + 2);
  context.clip();
  strokeEdges(context, view, shown);
  const ends = shown && otherEnds(view, shown);
  for (const side of ["query", "key"]) letterColumn(context, view, side, shown, ends);
  ringSelected(context, view);
  if (shown) pointOutside(context, view, shown, ends);
  context.restore();
  letterHeads(context, view, theme);
  noteLeast(view);
}

function letterHeads(context, view, theme) {
  const { plot: { left, right, padding }, message: { texts } } = view;
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.fillText(`${texts.from} →`, left - padding, LINES.header / 2 - 2);
  context.textAlign = "left";
  context.fillText(`→ ${texts.to}`, right + padding, LINES.header / 2 - 2);
}

// ---- lines

function middleOf(view, side, index) {
  return view.plot.tops[side][index] + view.plot.row / 2 - view.scroll;
}

function inSight(view, side, index) {
  const y = middleOf(view, side, index);
  return y > LINES.header - view.plot.row / 2 && y < view.size[1] + view.plot.row / 2;
}

/** The places of the lines to draw: visible heads, an end in sight, of the token pointed at. */
function edgesInSight(view, shown) {
  const { edges, hidden, message: { arrays: [{ values }] } } = view;
  const sight = {};
  for (const side of ["query", "key"]) {
    sight[side] = view.plot.tops[side].map((_, index) => inSight(view, side, index));
  }
  const found = [];
  view.drawnLeast = view.message.least;
  for (let i = edges.length - 1; i >= 0; i--) { // strong first
    const at = edges[i];
    const [head, query, key] = endsOf(view, at);
    if (hidden.has(head) || (!sight.query[query] && !sight.key[key])) continue;
    if (shown && shown.index !== (shown.side === "query" ? query : key)) continue;
    found.push({ at, head, query, key, weight: values[at] / 1000 });
    if (found.length === LINES.most) {
      view.drawnLeast = Math.max(view.drawnLeast, values[at]);
      break;
    }
  }
  return found.reverse();
}

function strokeEdges(context, view, shown) {
  const batches = new Map();
  for (const edge of edgesInSight(view, shown)) {
    const sink = view.sinks.has(edge.key);
    const level = Math.ceil(edge.weight * LEVELS);
    // The selected token's lines last, then by strength; sinks first, they are only background.
    const order = (edge.query === view.selected ? 2000 : 0) + (sink ? 0 : 1000) + level * 16;
    const batch = { sink, level, head: edge.head, edges: [] };
    if (!batches.has(order + edge.head)) batches.set(order + edge.head, batch);
    batches.get(order + edge.head).edges.push(edge);
  }
  for (const order of [...batches.keys()].sort((a, b) => a - b)) {
    strokeBatch(context, view, batches.get(order));
  }
  context.globalAlpha = 1;
}

function strokeBatch(context, view, { sink, level, head, edges }) {
  const { plot: { left, right }, stage: { theme }, solo } = view;
  const weight = (level - 0.5) / LEVELS;
  const bend = (right - left) * 0.45;
  const aside = headShift(view, head);
  context.beginPath();
  for (const { query, key } of edges) {
    const from = middleOf(view, "query", query) + aside;
    const to = middleOf(view, "key", key) + aside;
    context.moveTo(left, from);
    context.bezierCurveTo(left + bend, from, right - bend, to, right, to);
  }
  context.strokeStyle = sink ? theme.muted : headColour(view, head);
  context.lineWidth = sink ? 0.75 : lineWidth(view, weight);
  const faded = solo !== null && solo !== head ? 0.1 : 1;
  const opacity = sink ? 0.15 + 0.35 * weight : lineOpacity(weight);
  context.globalAlpha = faded * opacity;
  context.stroke();
}

/** Lines of several heads between the same two tokens lie beside one another. */
function headShift(view, head) {
  const count = view.message.names.length;
  return (head - (count - 1) / 2) * Math.min(2.5, (view.plot.row - 8) / count);
}
