// How curves are painted: axes, levels, bands, lines, signs, the marker. A part of
// training_curves.js, which says where everything lies.

const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 5], [4, 2, 1, 2]];

function paintCurves(view) {
  const context = openCanvas(view.picture, ...view.size);
  const inks = inksOf(view);
  context.lineJoin = "round";
  for (const panel of view.panels) paintPanel(context, view, panel, inks);
  paintSteps(context, view);
  paintBrush(context, view);
  paintTicks(context, view);
  paintPointed(context, view, inks);
}

/** The colours of curves, and the quiet one of levels. */
function inksOf({ stage: { root, theme } }) {
  const style = getComputedStyle(root);
  const colours = style.getPropertyValue("--st-chart-categorical-colors").split(",")
    .map((colour) => colour.trim()).filter(Boolean);
  return { colours: colours.length ? colours : [theme.primary], level: theme.muted };
}

function inkOf({ colours }, colour) {
  return colours[colour % colours.length];
}

function paintPanel(context, view, panel, inks) {
  const { plot, stage: { theme }, size: [width] } = view;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.lineWidth = 1;
  for (const mark of panel.marks) {
    const y = Math.round(heightOf(panel, mark)) + 0.5;
    context.strokeStyle = theme.line;
    rule(context, plot.left, y, plot.left + plot.wide, y);
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    context.fillText(spelledMark(mark, panel.digits), plot.left - 6, y);
  }
  context.strokeStyle = theme.muted;
  const foot = Math.round(panel.top + panel.high) + 0.5;
  rule(context, plot.left, foot, plot.left + plot.wide, foot);
  context.textAlign = "left";
  context.font = `600 12px ${theme.font}`;
  context.fillStyle = theme.text;
  context.fillText(fitText(context, panel.label, width - plot.left), plot.left, panel.top - 11);
  context.save();
  context.beginPath();
  context.rect(plot.left, panel.top - 5, plot.wide + 6, panel.high + 10);
  context.clip();
  for (const entry of panel.own) if (entry.raw) paintBand(context, view, panel, entry, inks);
  for (const entry of panel.own) paintLine(context, view, panel, entry, inks);
  context.restore();
  for (const level of panel.levels) paintLevel(context, view, panel, level, inks);
}

function rule(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

/** A dotted line and its name, on paper of its own so that curves do not cross the letters. */
function paintLevel(context, view, panel, { label, value }, inks) {
  const { plot, stage: { theme } } = view;
  const y = heightOf(panel, value);
  if (y < panel.top - 1 || y > panel.top + panel.high + 1) return;
  context.strokeStyle = inks.level;
  context.lineWidth = 1.5;
  context.setLineDash([2, 4]);
  rule(context, plot.left, y, plot.left + plot.wide, y);
  context.setLineDash([]);
  context.font = `12px ${theme.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const text = fitText(context, label, plot.wide - 12);
  const wide = context.measureText(text).width;
  const over = y - 10 < panel.top ? y + 10 : y - 10;
  context.globalAlpha = 0.8;
  context.fillStyle = theme.background;
  context.fillRect(plot.left + plot.wide - wide - 6, over - 8, wide + 6, 16);
  context.globalAlpha = 1;
  context.fillStyle = theme.muted;
  context.fillText(text, plot.left + plot.wide - 2, over);
}

/** The places of the points that are seen, and one more on each side. */
function seenIn({ stretch: [from, to] }, { steps }) {
  return [Math.max(0, lowerBound(steps, from) - 1),
    Math.min(steps.length, lowerBound(steps, to) + 2)];
}

/** Between the least and the largest of each point that stands for many. */
function paintBand(context, view, panel, { line, colour }, inks) {
  const [start, end] = seenIn(view, line);
  context.fillStyle = inkOf(inks, colour);
  context.globalAlpha = 0.18;
  for (const run of finiteRuns(line, start, end)) {
    context.beginPath();
    for (const i of run) context.lineTo(acrossOf(view, line.steps[i]), heightOf(panel, line.high[i]));
    for (const i of run.reverse()) {
      context.lineTo(acrossOf(view, line.steps[i]), heightOf(panel, line.low[i]));
    }
    context.closePath();
    context.fill();
  }
  context.globalAlpha = 1;
}

function* finiteRuns({ mean }, start, end) {
  let run = [];
  for (let i = start; i < end; i++) {
    if (Number.isFinite(mean[i])) run.push(i);
    else if (run.length) { yield run; run = []; }
  }
  if (run.length) yield run;
}

function paintLine(context, view, panel, entry, inks) {
  const { line, colour, dash, sign, raw, bold } = entry;
  const [start, end] = seenIn(view, line);
  context.strokeStyle = context.fillStyle = inkOf(inks, colour);
  context.globalAlpha = raw ? 0.4 : 1;
  context.lineWidth = raw ? 1 : bold ? 2.5 : 2;
  context.setLineDash(raw ? [] : DASHES[dash % DASHES.length]);
  for (const run of finiteRuns(line, start, end)) {
    context.beginPath();
    for (const i of run) context.lineTo(acrossOf(view, line.steps[i]), heightOf(panel, line.mean[i]));
    context.stroke();
    if (run.length === 1 && !sign) paintSign(context, "circle", pointOf(view, panel, line, run[0]), 2);
  }
  context.setLineDash([]);
  if (sign) {
    const every = Math.max(1, Math.ceil(((end - start) * 14) / view.plot.wide));
    for (let i = start; i < end; i++) {
      if (!Number.isFinite(line.mean[i]) || ((end - 1 - i) % every && i !== start)) continue;
      paintSign(context, sign, pointOf(view, panel, line, i), 3.5);
    }
  }
  context.globalAlpha = 1;
}

function pointOf(view, panel, { steps, mean }, place) {
  return [acrossOf(view, steps[place]), heightOf(panel, mean[place])];
}

function paintSign(context, sign, [x, y], size) {
  context.beginPath();
  if (sign === "circle") context.arc(x, y, size, 0, 2 * Math.PI);
  else if (sign === "square") context.rect(x - size, y - size, 2 * size, 2 * size);
  else {
    const far = size * 1.35;
    const corners = sign === "diamond"
      ? [[0, -far], [far, 0], [0, far], [-far, 0]] : [[0, -far], [far, size], [-far, size]];
    for (const [across, down] of corners) context.lineTo(x + across, y + down);
    context.closePath();
  }
  context.fill();
}

function paintSteps(context, view) {
  const { plot, stage: { theme }, stretch: [from, to], message: { texts } } = view;
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "center";
  const widest = context.measureText(Math.round(to).toLocaleString("en")).width + 20;
  const step = Math.max(1, markStepOf(to - from, plot.wide / widest));
  for (let mark = Math.ceil(from / step) * step; mark <= to; mark += step) {
    const x = acrossOf(view, mark);
    const text = Math.round(mark).toLocaleString("en");
    const half = context.measureText(text).width / 2;
    if (x + half > plot.left + plot.wide + CURVES.right) continue;
    context.fillText(text, x, plot.foot + 15);
  }
  context.textAlign = "left";
  context.fillText(`${texts.step} →`, plot.left, plot.foot + 31);
}

/** The stretch that is being chosen with the mouse. */
function paintBrush(context, view) {
  const { brush, plot, panels, stage: { theme } } = view;
  if (!brush) return;
  const [left, right] = [Math.min(...brush), Math.max(...brush)];
  context.globalAlpha = 0.14;
  context.fillStyle = theme.primary;
  context.fillRect(left, panels[0].top, right - left, plot.foot - panels[0].top);
  context.globalAlpha = 1;
}

/** Steps at which there is something to see, as small peaks on the foot; the chosen one as a line. */
function paintTicks(context, view) {
  const { message: { ticks, texts }, plot, panels, stage: { theme }, stretch: [from, to] } = view;
  const chosen = view.dragged ?? view.selected;
  context.fillStyle = theme.ring;
  for (const tick of ticks) {
    if (tick < from || tick > to) continue;
    const x = acrossOf(view, tick);
    paintSign(context, "triangle", [x, plot.foot + 4], tick === chosen ? 4.5 : 3);
  }
  if (chosen === null || chosen < from || chosen > to) return;
  const x = acrossOf(view, chosen);
  context.strokeStyle = theme.ring;
  context.lineWidth = 2;
  rule(context, x, panels[0].top - 2, x, plot.foot);
  context.font = `600 12px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const text = texts.at.replace("{step}", chosen.toLocaleString("en"));
  const half = context.measureText(text).width / 2 + 4;
  const middle = Math.min(Math.max(x, plot.left + half), plot.left + plot.wide - half + 8);
  context.fillStyle = theme.background;
  context.fillRect(middle - half, panels[0].top - 20, 2 * half, 18);
  context.fillStyle = theme.ring;
  context.fillText(text, middle, panels[0].top - 11);
}

/** The step that is pointed at: a line through all panels, a dot on each curve. */
function paintPointed(context, view, inks) {
  const step = pointedStep(view);
  const { plot, panels, stage: { theme }, stretch: [from, to] } = view;
  if (step === null || step < from || step > to) return;
  const x = acrossOf(view, step);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  rule(context, x, panels[0].top, x, plot.foot);
  for (const panel of panels) {
    for (const { line, colour, raw } of panel.own) {
      const place = placeUpTo(line, step);
      if (raw || place < 0 || !Number.isFinite(line.mean[place])) continue;
      const point = pointOf(view, panel, line, place);
      if (point[0] < plot.left) continue;
      context.fillStyle = theme.background;
      paintSign(context, "circle", point, 5);
      context.fillStyle = inkOf(inks, colour);
      paintSign(context, "circle", point, 3.5);
    }
  }
}
