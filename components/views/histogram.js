// How often each whole number came up: a bar for each, what was expected as dots on a line, and
// a ring around a value that the page marks. One canvas; nothing can be chosen.

const BARS = {
  most: 48, // the widest bar
  high: 184, // the plot
  top: 44, // a line for the name of the counts, and one for the mark's
  below: 44, // a line of values, and one for their name
  gap: 2,
  right: 12,
  least: 320, // of the whole picture, for its names
  tick: 44, // between two lines of the counts, at least
};

export default function (component) {
  return present(component, buildHistogram);
}

function buildHistogram(stage) {
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  frame.appendChild(picture);
  stage.root.appendChild(frame);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  const view = { stage, frame, picture, line, legend, hovered: null, cursor: null };
  const point = (event) => pointAtBar(view, barAt(view, event));
  picture.onpointermove = point;
  picture.onpointerdown = point; // a tap
  picture.onpointerleave = (event) => {
    if (event.pointerType !== "touch") pointAtBar(view, null);
  };
  frame.onkeydown = (event) => onBarKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return; // it was the pointer
    view.cursor ??= startingBar(view);
    describeBar(view);
    drawHistogram(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtBar(view, null); };
  return { show: (message) => showHistogram(view, message), resize: () => layOutBars(view) };
}

function showHistogram(view, message) {
  if (view.message !== message) {
    view.message = message;
    [view.counts, view.expected] = message.arrays.map(({ values }) => values);
    const last = view.counts.length - 1;
    if (view.hovered > last) view.hovered = null;
    if (view.cursor > last) view.cursor = last;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    view.legend.replaceChildren(swatchLegend("counted", message.countLabel));
    if (message.compared) view.legend.appendChild(swatchLegend("expected", message.texts.expected));
    if (message.marked !== null && message.markedLabel) {
      view.legend.appendChild(swatchLegend("marked", message.markedLabel));
    }
  }
  describeBar(view);
  layOutBars(view);
}

// ---- layout

function layOutBars(view) {
  const { stage, counts, expected, picture } = view;
  const most = Math.max(1, ...counts, ...expected);
  const step = tickStep(most, BARS.high / BARS.tick);
  const limit = Math.ceil(most / step) * step;
  const pen = picture.getContext("2d");
  pen.font = `12px ${stage.theme.font}`;
  const left = Math.ceil(pen.measureText(String(limit)).width) + 10;
  const room = Math.max(1, stage.width - left - BARS.right);
  const pitch = Math.min(BARS.most + BARS.gap, room / counts.length);
  const wide = pitch * counts.length;
  const width = Math.min(stage.width, Math.max(BARS.least, left + wide + BARS.right));
  view.plot = { left, pitch, limit, step, wide, room: width - left - BARS.right };
  view.size = [width, BARS.top + BARS.high + BARS.below];
  drawHistogram(view);
}

/** The smallest of 1, 2, 5, 10, 20, … that goes into `most` at most `lines` times. */
function tickStep(most, lines) {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) if (most / (digit * power) <= lines) return digit * power;
  }
}

/** How high above the foot of the plot a count lies. */
function heightOf({ plot }, count) {
  return (count / plot.limit) * BARS.high;
}

// ---- pointing

function barAt({ plot, counts }, event) {
  const bar = Math.floor((offsetIn(event).x - plot.left) / plot.pitch);
  return bar >= 0 && bar < counts.length ? bar : null;
}

function pointAtBar(view, bar) {
  if (!view.message || (bar === view.hovered && bar !== null)) return;
  view.hovered = bar;
  describeBar(view);
  drawHistogram(view);
}

/** Where the keyboard begins: at the value that is marked, or the one that came up most. */
function startingBar({ message: { marked, first }, counts }) {
  return marked !== null ? marked - first : counts.indexOf(Math.max(...counts));
}

function onBarKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const last = view.counts.length - 1;
  const at = view.cursor ?? startingBar(view);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  view.cursor = Math.min(Math.max(to, 0), last);
  view.hovered = null;
  event.preventDefault();
  describeBar(view);
  drawHistogram(view);
}

function describeBar(view) {
  const { message, line, hovered, cursor, counts, expected } = view;
  const bar = hovered ?? cursor;
  if (bar === null) { line.say(); return; }
  const { texts, first, marked, markedLabel, valueLabel, countLabel, compared } = message;
  line.say(
    labelled(valueLabel, valueOf(view, bar), true),
    labelled(countLabel, String(counts[bar]), true),
    compared && labelled(texts.expected, expected[bar].toFixed(1)),
    first + bar === marked && markedLabel,
  );
}
