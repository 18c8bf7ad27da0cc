// How one head is pointed at: mouse, fingers and keys. A part of attention_head.js, which knows what
// enlarging means.

const PAGES = { PageUp: -1, PageDown: 1 }; // a step to a neighbouring head, with Shift to a layer

function cellAt(view, event) {
  const { plot: { left, top, cell }, span } = view;
  const { x, y } = pointOn(view.marks, event);
  const column = Math.floor((x - left) / cell);
  const row = Math.floor((y - top) / cell);
  if (row < 0 || column < 0 || row >= span.rows || column >= span.columns) return null;
  return [span.row + row, span.column + column];
}

/** The row whose label was pointed at, null beside the labels. */
function rowLabelAt(view, event) {
  const { plot: { left, top, cell }, span } = view;
  const { x, y } = pointOn(view.marks, event);
  const row = Math.floor((y - top) / cell);
  const beside = x < AXIS || x >= left;
  return beside || row < 0 || row >= span.rows ? null : span.row + row;
}

function point(view, place) {
  if (String(place) === String(view.hovered)) { if (place) return; }
  view.hovered = place;
  drawMarks(view);
  describe(view);
}

function handlePointer(view) {
  const { marks } = view;
  marks.onpointerdown = (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const from = cellAt(view, event);
    if (from) view.drag = { from, x: event.clientX, y: event.clientY };
  };
  marks.onpointermove = (event) => {
    const place = cellAt(view, event);
    const { drag } = view;
    if (drag && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 6) {
      if (!drag.to) marks.setPointerCapture(event.pointerId);
      drag.to = place ?? drag.to ?? drag.from;
      drawMarks(view);
    }
    const choosable = place || (view.message.selectable && rowLabelAt(view, event) !== null);
    marks.style.cursor = place ? "" : choosable ? "pointer" : "default";
    if (event.pointerType !== "touch" || !view.pinch) point(view, place);
  };
  marks.onpointerup = () => {
    const span = view.drag?.to && draggedSpan(view);
    const dragged = Boolean(span);
    view.drag = null;
    view.dragged = dragged;
    if (span) setSpan(view, span);
  };
  marks.onpointercancel = () => { view.drag = null; drawMarks(view); };
  marks.onpointerleave = (event) => { if (event.pointerType !== "touch") point(view, null); };
  marks.onclick = (event) => {
    if (view.dragged) { view.dragged = false; return; }
    const place = cellAt(view, event);
    view.cursor = place ?? view.cursor;
    point(view, place);
    const row = place ? null : rowLabelAt(view, event);
    if (place) chooseCell(view, place);
    else if (row !== null) chooseCell(view, [row, -1]);
  };
  marks.onwheel = (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(view, Math.exp(event.deltaY / 200), cellAt(view, event));
  };
  handlePinch(view);
}

/** The cells dragged over, widened to the shape of what is shown so that cells stay square. */
function draggedSpan(view) {
  const { drag: { from, to }, span } = view;
  const [row, column] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
  const rows = Math.abs(from[0] - to[0]) + 1;
  const columns = Math.abs(from[1] - to[1]) + 1;
  const share = Math.max(rows / span.rows, columns / span.columns, SHORTEST / span.columns);
  const [high, wide] = [Math.round(span.rows * share), Math.round(span.columns * share)];
  const within = (at, count, most) => Math.max(0, Math.min(at, most - count));
  const whole = wholeSpan(view);
  return {
    rows: high,
    columns: wide,
    row: within(Math.round(row - (high - rows) / 2), high, whole.rows),
    column: within(Math.round(column - (wide - columns) / 2), wide, whole.columns),
  };
}

/** Two fingers enlarge; one finger scrolls the page as everywhere. */
function handlePinch(view) {
  const { marks } = view;
  const apart = ([one, other]) =>
    Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  const middle = ([one, other]) => cellAt(view, {
    clientX: (one.clientX + other.clientX) / 2,
    clientY: (one.clientY + other.clientY) / 2,
  });
  marks.ontouchstart = (event) => {
    if (event.touches.length !== 2) return;
    view.pinch = { apart: apart(event.touches), about: middle(event.touches), span: view.span };
  };
  marks.ontouchmove = (event) => {
    if (event.touches.length !== 2 || !view.pinch) return;
    event.preventDefault();
    view.span = view.pinch.span;
    zoom(view, view.pinch.apart / apart(event.touches), view.pinch.about);
  };
  marks.ontouchend = marks.ontouchcancel = (event) => {
    if (event.touches.length < 2) view.pinch = null;
  };
}

function chooseCell(view, [row, column]) {
  if (!view.message.selectable) return;
  view.selected = row;
  drawMarks(view);
  view.stage.answer("selected", [row, column]);
}

function onHeadKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  if (view.message.movable && event.key in PAGES) {
    view.steps[event.shiftKey ? 0 : 1] += PAGES[event.key];
    // Counted from the head that is here: keys come faster than pages answer.
    view.stage.answer("moved", [...view.exact.place, ...view.steps]);
    event.preventDefault();
    return;
  }
  const { span } = view;
  const [rows, columns] = view.message.arrays[0].shape;
  const [row, column] = view.cursor ?? [span.row - 1, span.column];
  const start = !view.cursor;
  const big = event.shiftKey ? 10 : 1;
  const to = {
    ArrowUp: [row - big, column],
    ArrowDown: [row + big, column],
    ArrowLeft: [row, column - big],
    ArrowRight: [row, column + big],
    Home: [row, 0],
    End: [row, columns - 1],
  }[event.key];
  if (to) {
    const limit = (value, most) => Math.min(Math.max(value, 0), most - 1);
    view.cursor = start ? [span.row, span.column] : [limit(to[0], rows), limit(to[1], columns)];
    view.hovered = null;
    followCursor(view);
  } else if (event.key === "+" || event.key === "=") zoom(view, 0.5);
  else if (event.key === "-") zoom(view, 2);
  else if (event.key === "0" || event.key === "Escape") setSpan(view, wholeSpan(view));
  else if ((event.key === "Enter" || event.key === " ") && view.cursor) chooseCell(view, view.cursor);
  else return;
  event.preventDefault();
  drawMarks(view);
  describe(view);
}

/** Move the span so that the cursor stays in it. */
function followCursor(view) {
  const { span, cursor: [row, column] } = view;
  const reach = (first, count, at) => (at < first ? at : at >= first + count ? at - count + 1 : first);
  const next = {
    ...span,
    row: reach(span.row, span.rows, row),
    column: reach(span.column, span.columns, column),
  };
  if (next.row !== span.row || next.column !== span.column) setSpan(view, next);
}
