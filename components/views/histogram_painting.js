// How counts are painted: axes, bars, what was expected, the mark. A part of histogram.js, which
// says where everything lies.

function drawHistogram(view) {
  if (!view.message || !view.plot) return;
  const context = openCanvas(view.picture, ...view.size);
  paintPointed(context, view);
  paintAxes(context, view);
  paintBars(context, view);
  if (view.message.compared) paintExpected(context, view);
  paintMark(context, view);
}

/** The middle of a bar. */
function middleOf({ plot }, bar) {
  return plot.left + (bar + 0.5) * plot.pitch;
}

/** The value of a bar as people read it. */
function valueOf({ message: { first } }, bar) {
  return String(first + bar).replace("-", "−");
}

function paintPointed(context, { plot, stage: { theme }, hovered, cursor }) {
  const bar = hovered ?? cursor;
  if (bar === null) return;
  context.globalAlpha = 0.12;
  context.fillStyle = theme.primary;
  context.fillRect(plot.left + bar * plot.pitch, BARS.top, Math.max(plot.pitch, 1), BARS.high);
  context.globalAlpha = 1;
}

function paintAxes(context, view) {
  const { plot, message, stage: { theme }, size: [width], counts } = view;
  const foot = BARS.top + BARS.high;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.lineWidth = 1;
  for (let count = 0; count <= plot.limit; count += plot.step) {
    const y = Math.round(foot - heightOf(view, count)) + 0.5;
    context.strokeStyle = count ? theme.line : theme.muted;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.wide, y);
    context.stroke();
    context.fillStyle = theme.muted;
    context.fillText(String(count), plot.left - 6, y);
  }
  context.textAlign = "center";
  const widest = context.measureText(String(message.first + counts.length - 1)).width + 8;
  const every = tickStep(counts.length, Math.max(1, plot.wide / widest));
  const start = Math.ceil(message.first / every) * every - message.first;
  for (let bar = start; bar < counts.length; bar += every) {
    context.fillText(valueOf(view, bar), middleOf(view, bar), foot + 13);
  }
  context.textAlign = "left";
  context.fillText(fitText(context, message.countLabel, width), 0, 9);
  const name = `${message.valueLabel} →`;
  context.fillText(fitText(context, name, plot.room), plot.left, foot + 33);
}

function paintBars(context, view) {
  const { plot, stage: { theme }, counts } = view;
  const gap = plot.pitch >= 4 ? BARS.gap : 0; // bars that touch have no seam of background
  // Softer than the line of what is expected, which must be read in front of them.
  context.fillStyle = css(mix(parseColour(theme.background), parseColour(theme.primary), 0.65));
  counts.forEach((count, bar) => {
    if (!count) return;
    const high = Math.max(1, heightOf(view, count)); // what came up once is seen
    const x = plot.left + bar * plot.pitch + gap / 2;
    context.fillRect(x, BARS.top + BARS.high - high, plot.pitch - gap, high);
  });
}

function paintExpected(context, view) {
  const { plot, stage: { theme }, expected } = view;
  const foot = BARS.top + BARS.high;
  context.strokeStyle = theme.text;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.beginPath();
  expected.forEach((mean, bar) => {
    const [x, y] = [middleOf(view, bar), foot - heightOf(view, mean)];
    if (bar) context.lineTo(x, y);
    else context.moveTo(x, y);
  });
  context.stroke();
  if (plot.pitch < 6) return; // the dots would be a second line
  expected.forEach((mean, bar) => {
    context.beginPath();
    context.arc(middleOf(view, bar), foot - heightOf(view, mean), 3, 0, 2 * Math.PI);
    context.fillStyle = theme.background;
    context.fill();
    context.stroke();
  });
}

/** A ring around the marked bar, and its name above it. */
function paintMark(context, view) {
  const { message, plot, stage: { theme }, counts, expected, size: [width] } = view;
  if (message.marked === null) return;
  const bar = message.marked - message.first;
  const foot = BARS.top + BARS.high;
  const wide = Math.max(plot.pitch, 5);
  const x = middleOf(view, bar) - wide / 2;
  const top = foot - Math.max(6, heightOf(view, counts[bar])) - 1;
  context.strokeStyle = theme.ring;
  context.lineWidth = 2;
  context.strokeRect(x, top, wide, foot - top + 1);
  if (!message.markedLabel) return;
  const over = Math.min(top, foot - heightOf(view, expected[bar] ?? 0) - 5);
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(middleOf(view, bar), BARS.top - 4);
  context.lineTo(middleOf(view, bar), Math.max(over - 2, BARS.top - 4));
  context.stroke();
  context.setLineDash([]);
  context.font = `600 12px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = theme.ring;
  const text = fitText(context, message.markedLabel, width - 4);
  const half = context.measureText(text).width / 2 + 2;
  const middle = Math.min(Math.max(middleOf(view, bar), half), width - half);
  context.fillText(text, middle, BARS.top - 13);
}
