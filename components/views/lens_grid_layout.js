// Where everything of a lens grid lies. A grid that is wider than a canvas should be is drawn in a
// window that stays in sight while the frame scrolls. A part of lens_grid.js.

const LENS = {
  least: 68, narrow: 56, most: 128, // the width of a cell
  phone: 480, // narrower views have narrow cells
  high: 25, fingers: 32, gap: 1,
  dense: 19, denseFingers: 26, // of more layers than `many`
  many: 16, // then the places are named below as well
  name: 22, // a line of places, or of answers
  edge: 3, // a ring lies outside its cell
  whole: 3000, // a wider grid is drawn where it is in sight only
};

function layOutLens(view) {
  const { message, stage, frame, picture, rings, spacer } = view;
  const { layers, places, answers } = message;
  const many = layers.length > LENS.many;
  const high = matchMedia("(pointer: coarse)").matches
    ? (many ? LENS.denseFingers : LENS.fingers)
    : (many ? LENS.dense : LENS.high);
  const header = LENS.name * (answers ? 2 : 1);
  const footer = many ? LENS.name : 0;
  nameLayers(view, high, header);
  const room = stage.width - laidOut(view.rows.offsetWidth) - 2 * LENS.edge;
  const least = stage.width < LENS.phone ? LENS.narrow : LENS.least;
  const fit = Math.floor((room + LENS.gap) / places.length) - LENS.gap;
  const wide = Math.min(LENS.most, Math.max(least, fit));
  const total = places.length * (wide + LENS.gap) - LENS.gap + 2 * LENS.edge;
  const windowed = total > LENS.whole;
  view.plot = { wide, high, header, footer, total, windowed };
  view.size = [
    windowed ? room + 2 * LENS.edge : total,
    header + layers.length * (high + LENS.gap) - LENS.gap + footer + 2 * LENS.edge,
  ];
  spacer.style.width = rem(total);
  for (const canvas of [picture, rings]) canvas.style.position = windowed ? "sticky" : "relative";
  rings.style.marginTop = rem(-view.size[1]); // over the picture
  view.fitted = new Map(); // the words as they fit into a cell
  view.inks = new Map(); // by the colour they stand on
  view.from = windowed ? laidOut(frame.scrollLeft) : 0;
  drawLens(view);
}

function nameLayers({ rows, message: { layers, answers, texts } }, high, header) {
  const name = (kind, text, height) => {
    const row = make("div", `row ${kind}`);
    row.style.height = rem(height);
    const inside = isolated(text);
    inside.className = "name";
    row.appendChild(inside);
    return row;
  };
  const above = LENS.edge + header - (answers ? LENS.name : 0);
  rows.replaceChildren(
    name("corner", "", above),
    ...(answers ? [name("", texts.answer, LENS.name)] : []),
    ...layers.map((text) => name("", text, high + LENS.gap)).reverse(),
  );
}

/** The box of a cell on the canvas; layer 0 lies at the bottom. */
function boxOfCell({ plot, message: { layers }, from }, [layer, place]) {
  return {
    x: LENS.edge + place * (plot.wide + LENS.gap) - from,
    y: LENS.edge + plot.header + (layers.length - 1 - layer) * (plot.high + LENS.gap),
  };
}

/** The cell at this place of the canvas. */
function lensCellAt({ plot, message: { layers, places }, from }, event) {
  const { x, y } = offsetIn(event);
  const place = Math.floor((x + from - LENS.edge) / (plot.wide + LENS.gap));
  const row = Math.floor((y - LENS.edge - plot.header) / (plot.high + LENS.gap));
  if (place < 0 || row < 0 || place >= places.length || row >= layers.length) return null;
  return [layers.length - 1 - row, place];
}

/** The first place that is in sight, and the one behind the last. */
function placesInSight({ plot, message: { places }, from, size: [width] }) {
  const pitch = plot.wide + LENS.gap;
  const first = Math.max(0, Math.floor((from - LENS.edge) / pitch));
  return [first, Math.min(places.length, Math.ceil((from + width) / pitch))];
}

/** Scroll so that a place is in sight. */
function revealPlace({ frame, plot }, place) {
  const x = LENS.edge + place * (plot.wide + LENS.gap);
  revealIn(frame, { left: x - LENS.edge, right: x + plot.wide + LENS.edge });
}
