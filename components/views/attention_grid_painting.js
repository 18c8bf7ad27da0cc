// How a grid of heads is painted: tiles, letters, rings. A part of attention_grid.js, which says
// where everything lies.

function drawTiles(view) {
  const { message, stage: { theme }, tile, size } = view;
  const context = openCanvas(view.picture, ...size);
  const image = paintTiles(view);
  const ratio = pixelRatio();
  putImage(context, image, 0, 0, image.width / ratio, image.height / ratio);
  context.strokeStyle = theme.line;
  context.beginPath();
  for (const { x, y } of view.tiles) context.rect(x - 0.5, y - 0.5, tile + 1, tile + 1);
  context.stroke();
  if (message.tints) drawTints(view, context);
  if (message.layout === "labelled") letterCaptions(view, context);
  else if (message.layout === "flow") letterPlaces(view, context);
  else letterColumns(view, context);
}

/** All tiles as one image of screen pixels, each the largest weight of the cells under it. */
function paintTiles(view) {
  const { message: { arrays: [{ shape, values }], causal, sinks, levels }, stage, tile } = view;
  const ratio = pixelRatio();
  const [width, height] = view.size.map((side) => Math.round(side * ratio));
  const [, rows, columns] = shape;
  const reach = Math.round(tile * ratio);
  const image = new ImageData(width, height);
  const swallowed = new Uint8Array(columns);
  for (const column of sinks) swallowed[column] = 1;
  const brush = {
    pixels: new Uint32Array(image.data.buffer), width,
    values, rows, columns, reach, causal, swallowed,
    down: cellsUnder(rows, reach), across: cellsUnder(columns, reach),
    colours: levelColours(stage.theme, levels),
    neutral: pixel(stage.theme.grey),
    hatch: pixel(stage.theme.hatch),
    stripes: Math.round((tile > 80 ? 6 : 4) * ratio),
    stroke: Math.round(ratio),
  };
  view.tiles.forEach(({ x, y }, index) => {
    paintTile(brush, index * rows * columns, Math.round(y * ratio) * width + Math.round(x * ratio));
  });
  return image;
}

/** The first and the last of `count` cells that lie under each of `reach` pixels. */
function cellsUnder(count, reach) {
  const first = Int32Array.from({ length: reach }, (_, i) => Math.floor((i * count) / reach));
  if (count <= reach) return { first, last: first }; // each pixel lies in one cell
  return {
    first,
    last: first.map((from, i) => Math.max(from, Math.ceil(((i + 1) * count) / reach) - 1)),
  };
}

function paintTile(brush, begin, corner) {
  const { pixels, width, rows, columns, reach, causal, down, across } = brush;
  let edge = causal ? 0 : reach; // from here on a causal query sees nothing
  for (let y = 0; y < reach; y++) {
    const at = corner + y * width;
    const seen = causal ? down.last[y] + columns - rows : columns - 1; // the last key
    while (edge < reach && across.first[edge] <= seen) edge++;
    const same = rows <= reach && y && down.first[y] === down.first[y - 1];
    if (same) pixels.copyWithin(at, at - width, at - width + edge);
    else paintRow(brush, begin, at, y, edge, seen);
    hatchRow(brush, at, y, edge);
  }
}

function paintRow({ pixels, values, columns, swallowed, down, across, colours, neutral },
  begin, at, y, edge, seen) {
  for (let x = 0; x < edge; x++) {
    const column = across.first[x];
    if (swallowed[column]) { pixels[at + x] = neutral; continue; }
    const end = Math.min(across.last[x], seen);
    let most = 0;
    for (let row = down.first[y]; row <= down.last[y]; row++) {
      const from = begin + row * columns;
      for (let cell = from + column; cell <= from + end; cell++) {
        if (values[cell] > most) most = values[cell];
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

/** A bar under each tile, as long as its score and in the colour of the score. */
function drawTints(view, context) {
  const { message: { tints }, stage: { theme }, tile } = view;
  view.tiles.forEach(({ x, y }, i) => {
    context.fillStyle = theme.line;
    context.fillRect(x, y + tile + 3, tile, TINT - 3);
    if (tints[i] === null) return;
    const strength = 250 + Math.round(750 * tints[i]); // a low score can still be seen
    context.fillStyle = css(channels(theme.scale[strength]));
    context.fillRect(x, y + tile + 3, Math.max(1, tile * tints[i]), TINT - 3);
  });
}

/** Its place on the left under a tile, its score on the right. */
function letterPlaces(view, context) {
  const { message: { heads, scores }, stage: { theme }, tile, below } = view;
  context.textBaseline = "alphabetic";
  view.tiles.forEach(({ x, y }, i) => {
    const level = y + tile + below - 5;
    context.font = `13px ${theme.font}`;
    const room = context.measureText(scores[i]).width;
    context.textAlign = "right";
    context.fillStyle = theme.muted;
    context.fillText(scores[i], x + tile, level);
    context.font = `600 13px ${theme.font}`;
    context.textAlign = "left";
    context.fillStyle = theme.text;
    context.fillText(fitText(context, heads[i].join("·"), tile - room - 2), x, level);
  });
}

function letterCaptions(view, context) {
  const { message, stage: { theme }, tile, tint } = view;
  context.textBaseline = "alphabetic";
  view.tiles.forEach(({ x, y }, i) => {
    context.font = `600 14px ${theme.font}`;
    context.fillStyle = theme.text;
    context.fillText(fitText(context, placeText(view, i), tile), x, y + tile + tint + 19);
    context.font = `14px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.fillText(fitText(context, message.captions[i], tile), x, y + tile + tint + 38);
  });
}

function letterColumns(view, context) {
  const { stage: { theme } } = view;
  context.font = `13px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { number, x } of view.numbers) context.fillText(number, x, HEADER - 11);
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
