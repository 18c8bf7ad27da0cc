// How a cloud is painted. A part of point_cloud.js, which says what is pointed at.

const SIGNS = 5;

function groupColour({ stage: { root, theme } }, group) {
  const colours = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",")
    .map((colour) => colour.trim()).filter(Boolean);
  return colours.length ? colours[group % colours.length] : theme.primary;
}

/** A sign of a group: colour alone would not tell it. */
function paintSign(context, colour, group, x, y, size, background) {
  context.fillStyle = colour;
  context.strokeStyle = background;
  context.lineWidth = 1;
  context.beginPath();
  const kind = group % SIGNS;
  const s = size;
  if (kind === 0) context.arc(x, y, s, 0, 2 * Math.PI);
  const corners = [
    [], [[-s, -s], [s, -s], [s, s], [-s, s]], [[0, -s * 1.3], [s * 1.3, 0], [0, s * 1.3], [-s * 1.3, 0]],
    [[0, -s * 1.2], [s * 1.2, s], [-s * 1.2, s]], [[0, s * 1.2], [s * 1.2, -s], [-s * 1.2, -s]],
  ][kind];
  corners.forEach(([dx, dy], i) => (i ? context.lineTo(x + dx, y + dy) : context.moveTo(x + dx, y + dy)));
  context.closePath();
  context.fill();
  context.stroke();
}

/** Where every point lies on the canvas, and how deep: [x, y, depth]. */
function placePoints(view, width, height) {
  const { points, message: { dims }, turn: [around, over] } = view;
  const turned = points.map(([x, y, z]) => {
    if (dims < 3) return [x, y, 0];
    const across = x * Math.cos(around) + z * Math.sin(around);
    const deep = -x * Math.sin(around) + z * Math.cos(around);
    return [across, y * Math.cos(over) - deep * Math.sin(over), y * Math.sin(over) + deep * Math.cos(over)];
  });
  if (dims === 3) { // the same scale from every side, so that turning does not breathe
    const radius = Math.max(1e-9, ...points.map((point) => Math.hypot(...point)));
    const scale = (Math.min(width, height) / 2 - CLOUD.edge) / radius;
    return turned.map(([x, y, depth]) => [width / 2 + x * scale, height / 2 - y * scale, depth / radius]);
  }
  const side = (axis) => {
    const values = turned.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [low, high]] = [side(0), side(1)];
  const scale = Math.min( // one scale for both axes: distances are what is shown
    (width - 2 * CLOUD.edge - 60) / Math.max(right - left, 1e-9),
    (height - 2 * CLOUD.edge) / Math.max(high - low, 1e-9),
  );
  return turned.map(([x, y]) => [
    width / 2 + (x - (left + right) / 2) * scale,
    height / 2 - (y - (low + high) / 2) * scale, 0,
  ]);
}

function drawCloud(view) {
  if (!view.message || !view.points) return;
  const { stage: { theme, width }, message } = view;
  const height = width < 520 ? CLOUD.narrow : CLOUD.high;
  const context = openCanvas(view.picture, width, height);
  view.placed = placePoints(view, width, height);
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  paintAxes(context, view, width, height);
  for (const path of message.paths) paintPath(context, view, path);
  paintNeighbours(context, view);
  const order = view.placed.map((_, i) => i).sort((a, b) => view.placed[a][2] - view.placed[b][2]);
  for (const i of order) {
    const [x, y, depth] = view.placed[i];
    const size = CLOUD.size * (message.dims === 3 ? 1 + 0.35 * depth : 1);
    paintSign(context, groupColour(view, message.groups[i]), message.groups[i], x, y, size, theme.background);
  }
  paintLabels(context, view, width);
  paintRing(context, view);
  view.signs.forEach((sign, group) => {
    const small = openCanvas(sign, 14, 14);
    paintSign(small, groupColour(view, group), group, 7, 7, 4.5, theme.background);
  });
}

function paintAxes(context, view, width, height) {
  const { stage: { theme }, message: { axes, dims } } = view;
  context.fillStyle = theme.muted;
  context.font = `12px ${theme.font}`;
  context.textBaseline = "alphabetic";
  context.textAlign = "right";
  if (dims === 3) { context.fillText(fitText(context, axes.join("  ·  "), width - 16), width - 8, height - 8); return; }
  context.fillText(`${fitText(context, axes[0], width / 2)} →`, width - 8, height - 8);
  context.textAlign = "left";
  context.fillText(`↑ ${fitText(context, axes[1], width / 2)}`, 8, 16);
}

function paintPath(context, view, path) {
  if (path.length < 2) return;
  const places = path.map((i) => view.placed[i]);
  context.strokeStyle = groupColour(view, view.message.groups[path[0]]);
  context.lineWidth = 1.5;
  context.globalAlpha = 0.55;
  context.beginPath();
  places.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.globalAlpha = 1;
}

function paintNeighbours(context, view) {
  const at = shownPoint(view);
  if (at === null || at >= view.placed.length) return;
  const [x, y] = view.placed[at];
  context.strokeStyle = view.stage.theme.ring;
  for (const other of view.near[at].slice(0, CLOUD.lines)) {
    const [toX, toY] = view.placed[other];
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
  }
}

/** Labels where there is room, the one pointed at and its neighbours first. */
function paintLabels(context, view, width) {
  const { stage: { theme }, message: { labels, named }, placed } = view;
  const at = shownPoint(view);
  const first = at === null || at >= labels.length ? [] : [at, ...view.near[at].slice(0, CLOUD.lines)];
  const rest = named ? labels.map((_, i) => i).filter((i) => !first.includes(i)) : [];
  const taken = [];
  context.textBaseline = "middle";
  for (const i of [...first, ...rest]) {
    context.font = `${i === at ? "600 " : ""}12px ${theme.font}`;
    const text = fitText(context, labels[i], Math.min(190, width / 2 - 12));
    const wide = context.measureText(text).width;
    const [x, y] = placed[i];
    const left = x + 9 + wide > width - 4 ? x - 9 - wide : x + 9;
    const box = [left - 2, y - 8, left + wide + 2, y + 8];
    if (box[0] < 0 || taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.textAlign = "left";
    context.fillStyle = i === at ? theme.text : theme.muted;
    context.fillText(text, left, y);
  }
}

function overlap(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

function paintRing(context, view) {
  const { stage: { theme, root }, selected, cursor, placed } = view;
  const focused = root.getRootNode().activeElement === view.frame;
  for (const at of new Set([selected, focused ? cursor : null])) {
    if (at === null || at >= placed.length) continue;
    const [x, y] = placed[at];
    context.strokeStyle = theme.ring;
    context.lineWidth = at === selected ? 2 : 1;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }
}
