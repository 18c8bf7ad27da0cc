// How a grid of heads is painted: tiles, letters, rings. A part of attention_grid.js, which says
// where everything lies.

function drawTiles(view) {
  const { message, stage: { theme }, tile, size } = view;
  const context = openCanvas(view.picture, ...size);
  context.putImageData(paintTiles(view), 0, 0);
  context.strokeStyle = theme.line;
  context.beginPath();
  for (const { x, y } of view.tiles) context.rect(x - 0.5, y - 0.5, tile + 1, tile + 1);
  context.stroke();
  if (message.layout === "labelled") letterCaptions(view, context);
  else letterColumns(view, context);
}

/** All tiles as one image of screen pixels, each the largest weight of the cells under it. */
function paintTiles(view) {
  const { message: { arrays: [{ shape, values }], causal, sinks, levels }, stage, tile } = view;
  const ratio = devicePixelRatio || 1;
  const { width, height } = view.picture;
  const side = shape[1];
  const reach = Math.round(tile * ratio);
  const image = new ImageData(width, height);
  const swallowed = new Uint8Array(side);
  for (const column of sinks) swallowed[column] = 1;
  const first = Int32Array.from({ length: reach }, (_, i) => Math.floor((i * side) / reach));
  const last = Int32Array.from({ length: reach },
    (_, i) => Math.max(first[i], Math.ceil(((i + 1) * side) / reach) - 1));
  const enlarged = side <= reach; // then each pixel lies in one cell
  const brush = {
    pixels: new Uint32Array(image.data.buffer), width, values, side, reach, causal, swallowed,
    first, last: enlarged ? first : last, enlarged,
    colours: levelColours(stage.theme, levels),
    neutral: pixel(stage.theme.grey),
    hatch: pixel(stage.theme.hatch),
    stripes: Math.round((tile > 80 ? 6 : 4) * ratio),
    stroke: Math.round(ratio),
  };
  view.tiles.forEach(({ x, y }, index) => {
    paintTile(brush, index * side * side, Math.round(y * ratio) * width + Math.round(x * ratio));
  });
  return image;
}

function paintTile(brush, begin, corner) {
  const { pixels, width, reach, causal, first, last, enlarged } = brush;
  let edge = causal ? 0 : reach; // from here on a causal query sees nothing
  for (let y = 0; y < reach; y++) {
    const at = corner + y * width;
    while (edge < reach && first[edge] <= last[y]) edge++;
    if (enlarged && y && first[y] === first[y - 1]) {
      pixels.copyWithin(at, at - width, at - width + edge);
    } else paintRow(brush, begin, at, y, edge);
    hatchRow(brush, at, y, edge);
  }
}

function paintRow({ pixels, values, side, causal, swallowed, first, last, colours, neutral },
  begin, at, y, edge) {
  for (let x = 0; x < edge; x++) {
    const column = first[x];
    if (swallowed[column]) { pixels[at + x] = neutral; continue; }
    const end = causal && last[x] > last[y] ? last[y] : last[x];
    let most = 0;
    for (let row = first[y]; row <= last[y]; row++) {
      for (let from = begin + row * side + column, to = from + end - column; from <= to; from++) {
        if (values[from] > most) most = values[from];
      }
    }
    pixels[at + x] = colours[most];
  }
}

function hatchRow({ pixels, reach, hatch, stripes, stroke }, at, y, edge) {
  const start = edge - ((edge + y) % stripes);
  for (let stripe = start; stripe < reach; stripe += stripes) {
    for (let x = Math.max(stripe, edge); x < Math.min(stripe + stroke, reach); x++) {
      pixels[at + x] = hatch;
    }
  }
}

/** The colour of each level; levels stand for square roots already. */
function levelColours(theme, levels) {
  const colour = (_, level) => theme.scale[Math.round((level * 1000) / levels)];
  return Uint32Array.from({ length: levels + 1 }, colour);
}

function letterCaptions(view, context) {
  const { message, stage: { theme }, tile } = view;
  context.textBaseline = "alphabetic";
  view.tiles.forEach(({ x, y }, i) => {
    context.font = `600 14px ${theme.font}`;
    context.fillStyle = theme.text;
    context.fillText(fitText(context, placeText(view, i), tile), x, y + tile + 19);
    context.font = `14px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.fillText(fitText(context, message.captions[i], tile), x, y + tile + 38);
  });
}

function letterColumns(view, context) {
  const { stage: { theme }, tile } = view;
  context.font = `13px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  view.acrossNumbers.forEach((number, i) => {
    context.fillText(number, RING + i * (tile + WALL.gap) + tile / 2, HEADER - 11);
  });
  context.textAlign = "start";
}

function drawRings(view) {
  const { stage: { theme, root }, tile } = view;
  if (!view.message) return;
  const context = openCanvas(view.rings, ...view.size);
  const ring = (index, colour, dashes) => {
    const { x, y } = view.tiles[index];
    context.strokeStyle = colour;
    context.lineWidth = RING;
    context.setLineDash(dashes);
    context.strokeRect(x - 1, y - 1, tile + 2, tile + 2);
  };
  const focused = root.getRootNode().activeElement === view.frame;
  if (view.hovered !== null) ring(view.hovered, theme.primary, []);
  if (view.selected !== null) ring(view.selected, theme.ring, []);
  if (focused && view.cursor !== view.selected) ring(view.cursor, theme.text, [4, 3]);
}
