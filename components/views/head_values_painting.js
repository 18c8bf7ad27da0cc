// How a number for each head is painted: cells, numbers, rings. A part of head_values.js, which
// says where everything lies.

function drawValues(view) {
  const { message: { arrays: [{ values }] }, stage: { theme }, plot } = view;
  const context = openCanvas(view.picture, ...view.size);
  const colours = coloursOfValues(view);
  const missing = hatching(context, theme.hatch, plot.high < 30 ? 5 : 6);
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  values.forEach((value, index) => {
    const { x, y } = cellOf(view, index);
    context.fillStyle = Number.isNaN(value) ? missing : css(channels(colours(value)));
    context.fillRect(x, y, plot.wide, plot.high);
    context.strokeRect(x + 0.5, y + 0.5, plot.wide - 1, plot.high - 1);
  });
  if (plot.wide >= CELL.written) writeValues(context, view, colours);
  nameColumns(context, view);
}

/** The pixel of a value. */
function coloursOfValues({ message: { scale, limit }, stage: { theme } }) {
  const table = scale === "difference" ? divergingTable(theme) : theme.scale;
  const zero = scale === "difference" ? 1000 : 0;
  return (value) => table[zero + Math.round((value / limit) * 1000)];
}

/** The numbers in their cells, where all of them fit. */
function writeValues(context, view, colours) {
  const { message, stage: { theme }, plot } = view;
  const { values } = message.arrays[0];
  const texts = Array.from(values, (value) => (Number.isNaN(value) ? "" : spell(value, message)));
  const fits = (size) => {
    context.font = `${size}px ${theme.font}`;
    return texts.every((text) => context.measureText(text).width <= plot.wide - 4);
  };
  if (![14, 13, 12, 11].some(fits)) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  texts.forEach((text, index) => {
    if (!text) return;
    const { x, y } = cellOf(view, index);
    context.fillStyle = inkOn(theme, colours(values[index]));
    context.fillText(text, x + plot.wide / 2, y + plot.high / 2 + 0.5);
  });
}

function nameColumns(context, { stage: { theme }, plot: { across, wide } }) {
  context.font = `13px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textBaseline = "middle";
  context.textAlign = "center";
  across.forEach((number, i) => {
    context.fillText(number, EDGE + i * (wide + CELL.gap) + wide / 2, TOP - 11);
  });
}

function drawValueRings(view) {
  if (!view.message || !view.plot) return;
  const { stage: { theme, root }, plot, marks } = view;
  const context = openCanvas(view.rings, ...view.size);
  const ring = (index, colour, outside, dashes = []) => {
    const { x, y } = cellOf(view, index);
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.strokeRect(x - outside, y - outside, plot.wide + 2 * outside, plot.high + 2 * outside);
  };
  for (const index of marks.keys()) ring(index, theme.text, 1, [5, 3]);
  if (view.selected !== null) ring(view.selected, theme.ring, marks.has(view.selected) ? 2 : 1);
  const focused = root.getRootNode().activeElement === view.frame;
  const shown = view.hovered ?? (focused ? view.cursor ?? view.selected ?? 0 : null);
  if (shown !== null && shown !== view.selected) ring(shown, theme.primary, 1);
}
