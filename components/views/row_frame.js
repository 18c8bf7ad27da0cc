// A picture of many rows in a frame that scrolls: one canvas, as large as the frame, stays in
// place, and only the rows in sight are drawn on it. A part of the views that have such rows.

const ROW = { roomy: 24, dense: 20, fingers: 28, few: 24 };
const TALLEST_FRAME = 640;

/** The frame with its canvas; `draw()` is called once a screen refresh while it scrolls. */
function openRows(stage, draw) {
  const frame = make("div", "frame");
  const content = make("div", "content");
  const picture = make("canvas", "picture");
  content.appendChild(picture);
  frame.appendChild(content);
  stage.root.appendChild(frame);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  let waiting = 0;
  frame.onscroll = () => {
    waiting ||= requestAnimationFrame(() => { waiting = 0; draw(); });
  };
  stage.cleanups.push(() => cancelAnimationFrame(waiting));
  return { frame, content, picture, width: 0, height: 0 };
}

/** Rows are taller where there are few of them, and where fingers point. */
function rowHeight(count) {
  if (matchMedia("(pointer: coarse)").matches) return ROW.fingers;
  return count <= ROW.few ? ROW.roomy : ROW.dense;
}

/** Give the frame a picture `total` high to scroll over. */
function sizeRows(rows, total) {
  rows.height = Math.min(total, TALLEST_FRAME);
  rows.frame.style.height = rem(rows.height);
  rows.content.style.height = rem(total);
  rows.width = roomIn(rows.frame); // without the scroll bar
}

/** How far down the rows are scrolled. */
function scrollOf({ frame }) {
  return laidOut(frame.scrollTop);
}

function scrollRows({ frame }, down) {
  frame.scrollTop = down * typeScale();
}

/** Scroll so that what lies from `top` to `bottom` is in sight below a header. */
function revealRows({ frame }, top, bottom, header) {
  revealIn(frame, { top: top - header, bottom });
}

function rowsHaveFocus(stage, rows) {
  return stage.root.getRootNode().activeElement === rows.frame;
}

/** The text on its own in a left-to-right line, whatever its script. */
function alone(text) {
  return `\u2068${text}\u2069`;
}

/** The widest of these labels, at most `most`; each text is measured once. */
function widestLabel(context, labels, most) {
  let widest = 0;
  for (const label of new Set(labels)) {
    widest = Math.max(widest, context.measureText(alone(label)).width);
    if (widest >= most) return most;
  }
  return Math.ceil(widest);
}
