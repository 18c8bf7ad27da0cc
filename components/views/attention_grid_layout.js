// Where the tiles of a grid of heads lie: large ones with captions, a wall of layers and heads, or a
// flow in the order given. A part of attention_grid.js.

// Tiles shrink to `least` before the wall scrolls; beyond `most` layers, layers run across.
const WALL = { tile: 56, least: 30, gap: 4, numbers: 24, most: 12 };
const LABELLED = { least: 120, most: 168, gap: 16, caption: 44 };
const FLOW = { tile: 60, gap: 10, caption: 20 };
const RING = 2;
const HEADER = 42; // a line for the names of the axes, and one of column numbers
const TINT = 6; // the bar of a score under a tile, and the air above it

function layOut(view) {
  const { layout } = view.message;
  const { classList } = view.body;
  for (const name of ["labelled", "wall", "flow"]) classList.toggle(name, name === layout);
  view.rows.replaceChildren();
  view.tint = view.message.tints ? TINT : 0;
  if (layout === "wall") layOutWall(view);
  else layOutRows(view, layout === "flow" ? flowing(view) : labelled(view));
  drawTiles(view);
  drawRings(view);
}

/** Six or so large tiles, in rows as even as can be. */
function labelled(view) {
  const { least, most, gap, caption } = LABELLED;
  const count = view.message.heads.length;
  const width = view.stage.width - 2 * RING;
  const fit = Math.max(2, Math.floor((width + gap) / (least + gap)));
  const columns = Math.min(count, Math.ceil(count / Math.ceil(count / fit)));
  const tile = Math.min(most, Math.floor((width - gap * (columns - 1)) / columns));
  return { columns, tile, across: gap, below: caption + view.tint, gap };
}

/** Small tiles in the order given, as many in a row as fit. */
function flowing(view) {
  const { tile, gap, caption } = FLOW;
  const width = roomIn(view.frame) - 2 * RING;
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const spare = width - columns * tile - (columns - 1) * gap;
  const across = gap + (columns > 1 ? Math.min(6, Math.floor(spare / (columns - 1))) : 0);
  return { columns, tile, across, below: caption + view.tint, gap };
}

function layOutRows(view, { columns, tile, across, below, gap }) {
  const count = view.message.heads.length;
  view.tile = tile;
  view.below = below;
  view.tiles = view.message.heads.map((_, i) => ({
    x: RING + (i % columns) * (tile + across),
    y: RING + Math.floor(i / columns) * (tile + below + gap),
  }));
  const rows = Math.ceil(count / columns);
  view.size = [
    Math.min(columns, count) * (tile + across) - across + 2 * RING,
    rows * (tile + below + gap) - gap + 2 * RING,
  ];
}

function layOutWall(view) {
  const { heads, texts } = view.message;
  const { gap, most } = WALL;
  view.below = gap + view.tint;
  const layers = [...new Set(heads.map(([layer]) => layer))].sort((a, b) => a - b);
  const numbers = [...new Set(heads.map(([, head]) => head))].sort((a, b) => a - b);
  const turned = layers.length > most;
  const [across, down] = turned ? [layers, numbers] : [numbers, layers];
  const room = view.stage.width - WALL.numbers - 2 * RING + gap;
  const fit = Math.floor(room / across.length) - gap;
  const tile = Math.min(WALL.tile, Math.max(WALL.least, fit));
  view.tile = tile;
  view.numbers = across.map((number, i) => ({ number, x: RING + i * (tile + gap) + tile / 2 }));
  view.tiles = heads.map(([layer, head]) => {
    const [column, row] = turned ? [layer, head] : [head, layer];
    return {
      x: RING + across.indexOf(column) * (tile + gap),
      y: HEADER + RING + down.indexOf(row) * (tile + view.below),
    };
  });
  view.size = [
    across.length * (tile + gap) - gap + 2 * RING,
    HEADER + down.length * (tile + view.below) - gap + 2 * RING,
  ];
  const names = turned ? [texts.head, texts.layer] : [texts.layer, texts.head];
  const corner = make("div", "corner");
  corner.style.height = rem(HEADER + RING);
  corner.appendChild(make("span", "axes", `${names[0]} ↓   ${names[1]} →`));
  view.rows.appendChild(corner);
  down.forEach((number) => {
    const row = make("div", "row", String(number));
    row.style.height = rem(tile);
    row.style.marginBottom = rem(view.below);
    view.rows.appendChild(row);
  });
}
