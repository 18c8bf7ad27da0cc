// How strips are painted: cells, numbers where they fit, the ring. A part of vector_strips.js,
// which says where everything lies.

function drawStrips(view) {
  if (!view.message) return;
  const colours = divergingTable(view.stage.theme);
  view.strips.forEach((strip, index) => {
    if (!strip.plot) return;
    const context = openCanvas(strip.picture, ...strip.size);
    paintLines(context, view, strip, colours);
    if (strip.plot.few) writeNumbers(context, view, strip, colours);
    const shown = view.hovered ?? view.cursor;
    if (shown?.[0] === index) ringCell(context, view, strip, shown[1]);
  });
}

function colourOfNumber(colours, value, limit) {
  return colours[Math.round(1000 * (Math.max(-1, Math.min(1, value / limit)) + 1))];
}

/** The corner of a cell. */
function cornerOf({ plot: { across, cell, high } }, dimension) {
  return {
    x: STRIP.edge + (dimension % across) * cell,
    y: STRIP.edge + Math.floor(dimension / across) * (high + STRIP.gap),
  };
}

/** Each line as one image of a pixel a cell. */
function paintLines(context, { stage: { theme } }, strip, colours) {
  const { values, limit, plot: { lines, across, cell, high } } = strip;
  context.lineWidth = 1;
  for (let line = 0; line < lines; line++) {
    const first = line * across;
    const own = values.subarray(first, first + across);
    const image = new ImageData(own.length, 1);
    const pixels = new Uint32Array(image.data.buffer);
    own.forEach((value, i) => { pixels[i] = colourOfNumber(colours, value, limit); });
    const { x, y } = cornerOf(strip, first);
    putImage(context, image, x, y, own.length * cell, high);
    context.fillStyle = theme.background;
    if (cell >= 8) { // wide enough for a seam
      for (let i = 1; i < own.length; i++) context.fillRect(x + i * cell - 0.5, y, 1, high);
    }
    context.strokeStyle = theme.line;
    context.strokeRect(x - 0.5, y - 0.5, own.length * cell + 1, high + 1);
  }
}

function writeNumbers(context, { stage: { theme } }, strip, colours) {
  const { values, limit, plot: { cell, high } } = strip;
  context.font = `13px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  values.forEach((value, dimension) => {
    const { x, y } = cornerOf(strip, dimension);
    context.fillStyle = inkOn(theme, colourOfNumber(colours, value, limit));
    const text = fitText(context, signedNumber(value), cell - 4);
    context.fillText(text, x + cell / 2, y + high / 2 + 0.5);
  });
}

function ringCell(context, { stage: { theme } }, strip, dimension) {
  const { x, y } = cornerOf(strip, dimension);
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  context.strokeRect(x - 1, y - 1, strip.plot.cell + 2, strip.plot.high + 2);
}
