// How the tokens at the ends of the lines are painted, and what stands beside them. A part of
// attention_lines.js.

/** For each token on the other side: its weight in each visible head, and the largest of them. */
function otherEnds(view, { side, index }) {
  const { arrays: [{ shape: [heads, queries, keys], values }] } = view.message;
  const count = side === "query" ? keys : queries;
  const shown = Array.from({ length: heads }, (_, head) => head)
    .filter((head) => !view.hidden.has(head));
  return Array.from({ length: count }, (_, other) => {
    const [query, key] = side === "query" ? [index, other] : [other, index];
    const weights = shown.map((head) => values[(head * queries + query) * keys + key] / 1000);
    const unseen = isUnseen(view, query, key);
    return { heads: shown, weights, largest: Math.max(0, ...weights), unseen };
  });
}

function letterColumn(context, view, side, shown, ends) {
  const { message, plot: { tops, row } } = view;
  const labels = side === "query" ? message.queries : message.keys;
  for (let index = 0; index < labels.length; index++) {
    if (!inSight(view, side, index)) continue;
    const y = tops[side][index] - view.scroll;
    const itself = shown?.side === side && shown.index === index;
    const end = shown && shown.side !== side ? ends[index] : null;
    if (itself) fillLabel(context, view, side, y, view.stage.theme.primary, 0.2);
    if (end?.unseen) {
      fillLabel(context, view, side, y, hatching(context, view.stage.theme.hatch), 1);
    } else if (end) {
      drawEnd(context, view, side, y, { ...end, sink: isSinkEnd(view, shown, index) });
    }
    letterToken(context, view, side, index, y + row / 2, { itself, end });
  }
}

/** Where a label's field lies: [x, width]. */
function labelField(view, side) {
  const { left, right, labels, padding } = view.plot;
  const width = labels[side] + 2 * padding;
  return [side === "query" ? left - width : right, width];
}

function fillLabel(context, view, side, y, colour, opacity) {
  const [x, width] = labelField(view, side);
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  context.fillRect(x, y + 1, width, view.plot.row - 2);
  context.globalAlpha = 1;
}

function isSinkEnd(view, shown, index) {
  return view.sinks.has(shown.side === "key" ? shown.index : index);
}

/** The weight at the end of a line: a tint and its number, or a block for each of several heads. */
function drawEnd(context, view, side, y, { heads, weights, largest, sink }) {
  const { plot, stage: { theme }, message } = view;
  if (largest * 1000 < message.least) return;
  const [x, width] = labelField(view, side);
  const from = side === "query" ? x + width : x + width + 4; // beside a query: over its lines
  const middle = y + plot.row / 2;
  const colour = (head) => (sink ? theme.muted : headColour(view, head));
  if (side === "query") {
    context.fillStyle = theme.background;
    context.fillRect(from, y + 1, plot.beside, plot.row - 2);
  }
  if (message.names.length === 1) {
    fillLabel(context, view, side, y, colour(0), 0.05 + 0.45 * largest);
    context.font = `12px ${theme.font}`;
    context.fillStyle = largest >= 0.1 ? theme.text : theme.muted;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(largest.toFixed(3), from + 4, middle + 0.5);
    return;
  }
  heads.forEach((head, i) => {
    const at = from + 4 + head * LINES.block;
    context.globalAlpha = weights[i] ? 0.06 + 0.94 * weights[i] : 0;
    context.fillStyle = colour(head);
    context.fillRect(at, middle - 6, LINES.block - 1, 12);
    context.globalAlpha = 1;
    context.fillStyle = theme.line;
    context.fillRect(at, middle + 6, LINES.block - 1, 1);
  });
}

function letterToken(context, view, side, index, y, { itself, end }) {
  const { message, plot, stage: { theme }, grey } = view;
  const label = (side === "query" ? message.queries : message.keys)[index];
  const [x, width] = labelField(view, side);
  const strong = itself || (end && !end.unseen && end.largest >= 0.1);
  const quiet = grey[side].has(index) || end?.unseen;
  context.font = `${strong ? 600 : 400} 13px ${theme.font}`;
  context.fillStyle = quiet && !strong ? theme.muted : theme.text;
  context.textBaseline = "middle";
  context.textAlign = side === "query" ? "right" : "left";
  const at = side === "query" ? x + width - plot.padding : x + plot.padding;
  context.fillText(fitText(context, alone(label), plot.labels[side] + 2), at, y + 0.5);
}

function ringSelected(context, view) {
  const { selected, plot, stage: { theme } } = view;
  if (selected === null || selected >= plot.tops.query.length) return;
  const [x, width] = labelField(view, "query");
  const y = plot.tops.query[selected] - view.scroll;
  context.strokeStyle = theme.ring;
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, width - 2, plot.row - 2);
}

/** Above and below: the strongest token that the lines lead to out of sight. */
function pointOutside(context, view, shown, ends) {
  const side = shown.side === "query" ? "key" : "query";
  const best = { up: null, down: null };
  ends.forEach(({ largest }, index) => {
    if (largest * 1000 < view.message.least || inSight(view, side, index)) return;
    const way = middleOf(view, side, index) < LINES.header ? "up" : "down";
    if (best[way] === null || largest > ends[best[way]].largest) best[way] = index;
  });
  for (const way of ["up", "down"]) {
    if (best[way] !== null) letterOutside(context, view, side, way, best[way], ends[best[way]]);
  }
}

function letterOutside(context, view, side, way, index, { largest }) {
  const { message, plot, stage: { theme } } = view;
  const label = (side === "query" ? message.queries : message.keys)[index];
  const [x, width] = labelField(view, side);
  const high = 22;
  const top = way === "up" ? LINES.header : view.size[1] - high - 2;
  context.font = `600 12px ${theme.font}`;
  const text = `${way === "up" ? "↑" : "↓"} ${largest.toFixed(3)} ${alone(label)}`;
  const room = width + plot.beside + 40;
  const shownText = fitText(context, text, room - 14);
  const wide = context.measureText(shownText).width + 14;
  const from = side === "query" ? x + width - wide : x;
  context.fillStyle = theme.background;
  context.fillRect(from, top, wide, high);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(from + 0.5, top + 0.5, wide - 1, high - 1);
  context.fillStyle = theme.text;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(shownText, from + 7, top + high / 2 + 0.5);
}
