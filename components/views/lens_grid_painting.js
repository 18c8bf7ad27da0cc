// How a lens grid is painted: names of places, cells with their words, rings. A part of
// lens_grid.js.

function drawLens(view) {
  if (!view.message || !view.plot) return;
  const { message: { layers }, stage: { theme }, plot } = view;
  const context = openCanvas(view.picture, ...view.size);
  const [first, end] = placesInSight(view);
  context.textAlign = "center";
  context.textBaseline = "middle";
  namePlaces(context, view, first, end);
  context.font = `13px ${theme.font}`;
  context.lineWidth = 1;
  for (let layer = 0; layer < layers.length; layer++) {
    for (let place = first; place < end; place++) {
      const { text, value, leads } = faceOf(view, layer, place);
      const { x, y } = boxOfCell(view, [layer, place]);
      const entry = theme.scale[Math.round(value * 1000)];
      const ink = inkOfLens(view, entry);
      context.fillStyle = css(channels(entry));
      context.fillRect(x, y, plot.wide, plot.high);
      context.strokeStyle = leads ? ink : theme.line;
      const inset = leads ? 2.5 : 0.5;
      context.strokeRect(x + inset, y + inset, plot.wide - 2 * inset, plot.high - 2 * inset);
      context.fillStyle = ink;
      context.fillText(fittedWord(context, view, text), x + plot.wide / 2, y + plot.high / 2 + 0.5);
    }
  }
  drawLensRings(view);
}

/** The ink on a pixel; each is chosen once. */
function inkOfLens({ stage: { theme }, inks }, entry) {
  if (!inks.has(entry)) inks.set(entry, inkOn(theme, entry));
  return inks.get(entry);
}

/** A word as it fits into a cell; each is measured once. */
function fittedWord(context, { plot, fitted }, text) {
  if (!fitted.has(text)) fitted.set(text, fitText(context, visibleToken(text), plot.wide - 10));
  return fitted.get(text);
}

function namePlaces(context, view, first, end) {
  const { message: { places, answers }, stage: { theme }, plot, size: [, height] } = view;
  const write = (text, place, y) => {
    const x = boxOfCell(view, [0, place]).x + plot.wide / 2;
    context.fillText(fitText(context, visibleToken(text), plot.wide - 4), x, y);
  };
  for (let place = first; place < end; place++) {
    context.font = `12px ${theme.font}`;
    context.fillStyle = theme.muted;
    write(places[place], place, LENS.edge + LENS.name / 2);
    if (plot.footer) write(places[place], place, height - LENS.edge - LENS.name / 2 + 2);
    if (!answers) continue;
    context.font = `600 13px ${theme.font}`;
    context.fillStyle = theme.text;
    write(answers[place], place, LENS.edge + 1.5 * LENS.name - 1);
  }
}

function drawLensRings(view) {
  const { stage: { theme }, plot, selected } = view;
  const context = openCanvas(view.rings, ...view.size);
  const ring = (place, colour) => {
    const { x, y } = boxOfCell(view, place);
    // A seam of background keeps it apart from cells of its own colour.
    for (const [width, ink] of [[5, theme.background], [2, colour]]) {
      context.strokeStyle = ink;
      context.lineWidth = width;
      context.strokeRect(x - 0.5, y - 0.5, plot.wide + 1, plot.high + 1);
    }
  };
  const shown = view.hovered ?? view.cursor;
  if (selected) ring(selected, theme.ring);
  if (shown && String(shown) !== String(selected)) ring(shown, theme.text);
}
