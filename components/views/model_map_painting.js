// How the map of a model is painted. A part of model_map.js, which says where everything lies.

function drawModelMap(view) {
  if (!view.message || !view.size) return;
  const { stage: { theme }, boxes, message } = view;
  const context = openCanvas(view.picture, ...view.size);
  paintHeadings(context, view);
  for (let i = 0; i < boxes.length; i++) {
    const next = boxes.slice(i + 1).find(({ part }) => part.column === boxes[i].part.column);
    if (next && (boxes[i].part.size === "part" || next.part.size === "part")) {
      const x = next.x + Math.min(24, next.w / 2);
      paintArrow(context, theme, [[x, boxes[i].y + boxes[i].h + 1], [x, next.y - 2]]);
    }
  }
  for (const [from, to] of message.links) paintLink(context, view, from, to);
  for (const box of boxes) paintPart(context, view, box);
}

function paintHeadings(context, { stage: { theme }, message: { headings }, wide }) {
  context.font = `600 13px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  headings.forEach((heading, column) => {
    const x = MAP.edge + column * (wide + MAP.columns);
    context.fillText(fitText(context, heading, wide), x, MAP.heading / 2);
  });
}

function paintArrow(context, theme, points) {
  const [x, y] = points.at(-1);
  const [fromX, fromY] = points.at(-2);
  const angle = Math.atan2(y - fromY, x - fromX);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1.5;
  context.beginPath();
  points.forEach(([px, py], i) => (i ? context.lineTo(px, py) : context.moveTo(px, py)));
  for (const turn of [-0.5, 0.5]) {
    context.moveTo(x, y);
    context.lineTo(x - 5 * Math.cos(angle + turn), y - 5 * Math.sin(angle + turn));
  }
  context.stroke();
}

/** From the end of a column to a part of the next. */
function paintLink(context, { boxes, stage: { theme } }, from, to) {
  const [one, other] = [from, to].map((id) => boxes.find(({ part }) => part.id === id));
  const [x, y] = [one.x + one.w, one.y + one.h / 2];
  const [toX, toY] = [other.x - 2, other.y + other.h / 2];
  const middle = toX - MAP.columns / 2;
  paintArrow(context, theme, [[x, y], [middle, y], [middle, toY], [toX, toY]]);
}

function paintPart(context, view, { part, x, y, w, h }) {
  const { stage: { theme, root }, selected, hovered } = view;
  const chosen = part.id === selected;
  context.fillStyle = css(mix(parseColour(theme.background), parseColour(theme.text), 0.035));
  context.fillRect(x, y, w, h);
  if (part.share > 0) {
    context.fillStyle = css(mix(parseColour(theme.background), parseColour(theme.primary), 0.28));
    context.fillRect(x, y + h - 4, Math.max(1, w * part.share), 4);
  }
  context.strokeStyle = part.id === hovered ? theme.primary : theme.line;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
  writePart(context, theme, { part, x, y, w, h });
  if (!chosen) return;
  const focused = root.getRootNode().activeElement === view.frame;
  context.strokeStyle = theme.ring;
  context.lineWidth = focused ? 3 : 2;
  context.strokeRect(x - 1, y - 1, w + 2, h + 2);
}

function writePart(context, theme, { part, x, y, w, h }) {
  const small = part.size === "layer";
  const middle = y + h / 2 - (small ? 0.5 : 1);
  const noteFont = `12px ${theme.font}`;
  context.textBaseline = "middle";
  context.font = noteFont;
  const room = w - 16;
  const note = Math.min(context.measureText(part.note).width, room * 0.55);
  context.textAlign = "right";
  context.fillStyle = theme.muted;
  context.fillText(fitText(context, part.note, room * 0.55), x + w - 8, middle);
  context.font = `${part.size === "part" ? "600 14px" : "13px"} ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.text;
  context.fillText(fitText(context, part.title, room - note - 8), x + 8, middle);
}
