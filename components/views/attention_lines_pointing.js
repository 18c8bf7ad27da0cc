// How lines are pointed at: mouse, fingers and keys; and what the line under them says. A part of
// attention_lines.js.

const SAID = 3; // as in attention_lines.py: smaller weights may be missing from the message

/** The token at a point: its label, or the third of the lines next to it. */
function tokenAt(view, event) {
  const { plot: { left, right, tops, row }, rows } = view;
  const { x, y } = pointOn(rows.picture, event);
  if (x < 0 || x > view.size[0] || y < LINES.header || y > view.size[1]) return null;
  const third = (right - left) / 3;
  const side = x < left + third ? "query" : x > right - third ? "key" : null;
  if (!side) return null;
  const at = y + scrollOf(rows);
  const index = tops[side].findIndex((top) => at >= top && at < top + row);
  return index < 0 ? null : { side, index };
}

function focusToken(view, token) {
  if (token?.side === view.focus?.side && token?.index === view.focus?.index) return;
  view.focus = token;
  drawLines(view);
  describeLines(view);
}

function handleLinePointer(view) {
  const { frame, picture } = view.rows;
  picture.onpointermove = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.last = { clientX: event.clientX, clientY: event.clientY };
    focusToken(view, tokenAt(view, event));
  };
  picture.onpointerleave = (event) => {
    if (event.pointerType === "touch") return;
    view.last = null;
    focusToken(view, null);
  };
  picture.onclick = (event) => {
    const token = tokenAt(view, event);
    view.cursor = token ?? view.cursor;
    focusToken(view, token);
    chooseToken(view, token);
  };
  frame.onkeydown = (event) => onLinesKey(view, event);
  frame.onfocus = () => { drawLines(view); describeLines(view); };
  frame.onblur = () => { focusToken(view, null); drawLines(view); describeLines(view); };
}

/** While the rows scroll, another token comes to lie under a resting mouse. */
function followPointer(view) {
  if (view.last) focusToken(view, tokenAt(view, view.last));
}

function chooseToken(view, token) {
  if (token?.side !== "query" || !view.message.selectable) return;
  view.selected = token.index;
  drawLines(view);
  view.stage.answer("selected", token.index);
}

function onLinesKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const counts = { query: view.message.queries.length, key: view.message.keys.length };
  const { side, index } = view.cursor ?? { side: "query", index: view.selected ?? 0 };
  const page = Math.max(1, Math.floor((view.size[1] - LINES.header) / view.plot.row) - 1);
  const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page }[event.key];
  const to = step ? [side, index + step * (event.shiftKey && step ** 2 === 1 ? 10 : 1)] : {
    ArrowLeft: ["query", index + (side === "key" ? -view.shift : 0)],
    ArrowRight: ["key", index + (side === "query" ? view.shift : 0)],
    Home: [side, 0],
    End: [side, counts[side] - 1],
  }[event.key];
  if (to) {
    const bounded = Math.min(Math.max(to[1], 0), counts[to[0]] - 1);
    view.cursor = view.cursor ? { side: to[0], index: bounded } : { side, index };
    view.focus = null;
    const top = view.plot.tops[view.cursor.side][view.cursor.index];
    revealRows(view.rows, top, top + view.plot.row, LINES.header);
  } else if (event.key === "Escape") view.cursor = view.focus = null;
  else if ((event.key === "Enter" || event.key === " ") && view.cursor) {
    chooseToken(view, view.cursor);
  } else return;
  event.preventDefault();
  view.last = null;
  drawLines(view);
  describeLines(view);
}

// ---- what the line under the picture says

function describeLines(view) {
  const { message, line, stage, rows } = view;
  const shown = view.focus ?? (rowsHaveFocus(stage, rows) ? view.cursor : null);
  if (!shown) { line.say(); return; }
  const { side, index } = shown;
  const pair = make("span", "pair");
  if (side === "query") pair.append(isolated(message.queries[index]), " →");
  else pair.append("→ ", isolated(message.keys[index]));
  const said = largestEnds(view, shown).map(({ head, other, weight }) => {
    const label = (side === "query" ? message.keys : message.queries)[other];
    const part = make("span", "end");
    part.append(isolated(label), " ", make("span", "value", weight.toFixed(3)));
    if (message.names.length > 1) part.append(" ", headSign(view, head));
    return part;
  });
  if (said.length) line.say(pair, ...said);
  else line.say(pair, make("span", "detail", message.texts.none.replace("{least}", "0.001")));
}

/** The three largest weights of a token, over the heads in sight. */
function largestEnds(view, shown) {
  const found = [];
  otherEnds(view, shown).forEach(({ heads, weights }, other) => weights.forEach((weight, i) => {
    if (weight) found.push({ head: heads[i], other, weight });
  }));
  return found.sort((one, two) => two.weight - one.weight).slice(0, SAID);
}

function headSign(view, head) {
  const sign = make("span", "sign");
  const dot = make("span", "dot");
  dot.style.backgroundColor = headColour(view, head);
  sign.append(dot, isolated(view.message.names[head]));
  return sign;
}
