// Where everything lies: panels one under another, their scales, the common steps. A part of
// training_curves.js.

const CURVES = {
  main: 216, // the plot of the losses
  second: 104, // of another large panel
  small: 72,
  head: 24, // the name of a panel, above it
  below: 38, // the numbers of the steps, and their name
  right: 14,
  tick: 40, // between two numbers of an axis, at least
  least: 2, // steps that can be zoomed to
};

function layOutCurves(view) {
  const { stage, message, memory } = view;
  const shown = view.entries.filter((entry) => !isHidden(view, entry));
  const [first, last] = view.domain = domainOf(view);
  // What is remembered stays: some of its points may be on their way.
  const zoom = properStretch(memory.zoom, first, last);
  const [from, to] = view.stretch = zoom ?? [first, last];
  view.panels = panelsOf(view).map((panel) => {
    const own = shown.filter((entry) => entry.panel === panel.id);
    const levels = message.levels.filter((level) => level.panel === panel.id);
    return { ...panel, own, levels, ...scaleOf(own, levels, panel, from, to) };
  });
  const pen = view.picture.getContext("2d");
  pen.font = `12px ${stage.theme.font}`;
  const widths = view.panels.flatMap(({ marks, digits }) =>
    marks.map((mark) => pen.measureText(spelledMark(mark, digits)).width));
  const left = Math.ceil(Math.max(28, ...widths)) + 10;
  let top = 0;
  for (const panel of view.panels) {
    panel.top = top + CURVES.head;
    top = panel.top + panel.high + 8;
  }
  const width = stage.width;
  view.plot = { left, wide: Math.max(40, width - left - CURVES.right), foot: top - 8 };
  view.size = [width, Math.max(top - 8, CURVES.main) + CURVES.below];
  view.reset.hidden = !zoom;
}

/** The large panels that have a curve, and the small ones that are open; the losses at least. */
function panelsOf({ message, entries, memory }) {
  const known = Object.entries(message.panels).map(([id, panel]) => ({ id, ...panel }));
  const unnamed = [...new Set(entries.map(({ panel }) => panel))]
    .filter((id) => !message.panels[id]).map((id) => ({ id, label: id, small: true }));
  const filled = new Set(entries.map(({ panel }) => panel));
  const shown = [...known, ...unnamed].filter(({ id, small }, place) =>
    (place === 0 || filled.has(id)) && (!small || memory.open.has(id)));
  return shown.map((panel, place) => {
    const high = panel.small ? CURVES.small : place ? CURVES.second : CURVES.main;
    return { ...panel, high };
  });
}

/** From the first step to the last of all that there is. */
function domainOf({ entries, message: { ticks } }) {
  let [first, last] = [Infinity, -Infinity];
  for (const { line: { steps } } of entries) {
    if (!steps.length) continue;
    first = Math.min(first, steps[0]);
    last = Math.max(last, steps.at(-1));
  }
  if (ticks.length) {
    first = Math.min(first, ticks[0]);
    last = Math.max(last, ticks.at(-1));
  }
  if (first > last) return [0, 1];
  return first === last ? [Math.max(0, first - 1), last + 1] : [first, last];
}

/** The stretch as far as there are steps; null for all of them. */
function properStretch(stretch, first, last) {
  const found = stretch && clampStretch(stretch, first, last);
  return found && (found[0] > first || found[1] < last) ? found : null;
}

function clampStretch([from, to], first, last) {
  const wide = Math.min(Math.max(to - from, CURVES.least), last - first);
  const start = Math.min(Math.max(from, first), last - wide);
  return [start, start + wide];
}

/** The range of a panel's values in the stretch, and the marks of its axis. */
function scaleOf(entries, levels, { share, high }, from, to) {
  let [low, top] = [Infinity, -Infinity];
  for (const { line: { steps, mean } } of entries) {
    const start = Math.max(0, lowerBound(steps, from) - 1);
    const end = Math.min(steps.length, lowerBound(steps, to + 1) + 1);
    for (let i = start; i < end; i++) {
      if (!Number.isFinite(mean[i])) continue;
      low = Math.min(low, mean[i]);
      top = Math.max(top, mean[i]);
    }
  }
  if (entries.length || low > top) {
    for (const { value } of levels) {
      low = Math.min(low, value);
      top = Math.max(top, value);
    }
  }
  if (low > top) [low, top] = [0, 1];
  const room = (top - low || Math.abs(top) * 0.1 || 1) * 0.06;
  low -= low >= 0 && low - room < 0 ? low : room;
  top += share && top <= 1 ? Math.min(room, 1 - top + 0.02 * (top - low || 1)) : room;
  if (low === top) top = low + 1;
  const step = markStepOf(top - low, high / CURVES.tick);
  const marks = [];
  for (let mark = Math.ceil(low / step - 1e-9) * step; mark <= top + 1e-9 * step; mark += step) {
    marks.push(Math.abs(mark) < step * 1e-6 ? 0 : mark);
  }
  return { low, span: top - low, marks, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** The smallest of …, 0.1, 0.2, 0.5, 1, … that goes into `span` at most `lines` times. */
function markStepOf(span, lines) {
  const power = 10 ** Math.floor(Math.log10(span / Math.max(1, lines)));
  for (const digit of [1, 2, 5, 10]) if (span / (digit * power) <= lines) return digit * power;
  return 20 * power;
}

function spelledMark(mark, digits) {
  if (digits > 4) return mark ? mark.toExponential(0).replaceAll("-", "−") : "0";
  const text = Math.abs(mark) >= 1000 ? mark.toLocaleString("en") : mark.toFixed(digits);
  return text.replace("-", "−");
}

function acrossOf({ plot, stretch: [from, to] }, step) {
  return plot.left + ((step - from) / (to - from)) * plot.wide;
}

function stepAt({ plot, stretch: [from, to] }, x) {
  return from + ((x - plot.left) / plot.wide) * (to - from);
}

function heightOf({ top, high, low, span }, value) {
  return top + high - ((value - low) / span) * high;
}
