// Vectors as strips of coloured cells. A strip that is longer than the page is wide goes on in the
// next line; strips of the same length break at the same dimensions, so that they can be compared.

const STRIP = {
  least: 5, // a cell that can be pointed at
  most: 64,
  written: 44, // a cell that can hold its number
  high: 14, few: 28, // a line of cells, and one of cells with their numbers
  fingers: 20,
  gap: 3, // between lines
  even: 8, // what a line holds is a multiple of this
  edge: 2, // the ring lies outside its cell
};

export default function (component) {
  return present(component, buildStrips);
}

function buildStrips(stage) {
  const frame = make("div", "frame");
  stage.root.appendChild(frame);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = { stage, frame, line, legend, strips: [], hovered: null, cursor: null };
  const point = (event) => pointAtCell(view, cellAt(view, event));
  frame.onpointermove = point;
  frame.onpointerdown = point; // a tap
  frame.onpointerleave = (event) => {
    if (event.pointerType !== "touch") pointAtCell(view, null);
  };
  frame.onkeydown = (event) => onStripsKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return; // it was the pointer
    view.cursor ??= [0, 0];
    changeStrips(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtCell(view, null); };
  return { show: (message) => showStrips(view, message), resize: () => layOutStrips(view) };
}

function showStrips(view, message) {
  if (view.message !== message) {
    view.message = message;
    view.hovered = null;
    view.strips = message.strips.map((described, index) => {
      const { values } = message.arrays[index];
      return { ...described, values, ...makeStrip(view, described, index) };
    });
    view.frame.replaceChildren(...view.strips.map(({ section }) => section));
    view.frame.setAttribute("aria-label", message.label);
    if (!holdsCell(view, view.cursor)) view.cursor = view.cursor && [0, 0];
    view.line.hint(message.texts.hint);
  }
  showStripsLegend(view);
  layOutStrips(view);
  describeCell(view);
}

function makeStrip({ message: { shared, texts } }, { title, note, limit }, index) {
  const section = make("section", "strip");
  const head = make("div", "head");
  const name = isolated(title);
  name.className = "title";
  head.appendChild(name);
  if (note) head.appendChild(quiet(note));
  if (!shared) {
    head.appendChild(make("span", "limit", texts.limit.replace("{limit}", spellNumber(limit))));
  }
  const picture = make("canvas", "picture");
  picture.dataset.strip = index;
  picture.setAttribute("aria-hidden", "true");
  section.append(head, picture);
  return { section, picture };
}

function showStripsLegend({ stage: { theme }, message, legend }) {
  const { shared, strips: [{ limit }], texts } = message;
  const ends = shared ? [`−${spellNumber(limit)}`, "0", `+${spellNumber(limit)}`] : ["−", "0", "+"];
  const ticks = ends.map((text, i) => ({ at: i / 2, text }));
  const scale = scaleLegend(shared ? texts.shared : texts.own, ticks, divergingTable(theme));
  scale.classList.add("limits");
  legend.replaceChildren(scale);
}

/** A number without its sign; a tiny one by its power of ten. */
function spellNumber(value) {
  const size = Math.abs(value);
  if (!size || size >= 0.0005) return size.toFixed(3);
  return size.toExponential(1).replace("-", "−");
}

function signedNumber(value) {
  const sign = { "-1": "−", 1: "+" }[Math.sign(value)] ?? "";
  return sign + spellNumber(value);
}

// ---- layout

function layOutStrips(view) {
  const room = Math.max(view.stage.width, STRIP.least + 2 * STRIP.edge) - 2 * STRIP.edge;
  for (const strip of view.strips) {
    strip.plot = linesOfStrip(strip.values.length, room);
    strip.size = [
      strip.plot.across * strip.plot.cell + 2 * STRIP.edge,
      strip.plot.lines * (strip.plot.high + STRIP.gap) - STRIP.gap + 2 * STRIP.edge,
    ];
  }
  drawStrips(view);
}

/** As few lines as go, of equal length where that can be: 384 dimensions make 2 × 192 or 6 × 64. */
function linesOfStrip(count, room) {
  const most = Math.max(1, Math.floor(room / STRIP.least));
  let lines = Math.ceil(count / most);
  const even = (number) => Math.ceil(number / STRIP.even) * STRIP.even;
  while (lines > 1 && even(count / lines) > most && lines < count) lines += 1;
  const across = lines > 1 ? Math.min(even(count / lines), most) : count;
  const cell = Math.min(STRIP.most, room / across);
  const few = lines === 1 && cell >= STRIP.written;
  const line = matchMedia("(pointer: coarse)").matches ? STRIP.fingers : STRIP.high;
  return { lines: Math.ceil(count / across), across, cell, few, high: few ? STRIP.few : line };
}

// ---- pointing

function holdsCell({ strips }, place) {
  return Boolean(place && strips[place[0]] && place[1] < strips[place[0]].values.length);
}

function cellAt(view, event) {
  const index = Number(event.target.dataset?.strip ?? -1);
  const strip = view.strips[index];
  if (!strip) return null;
  const { plot: { across, cell, high, lines } } = strip;
  const { x, y } = offsetIn(event);
  const column = Math.floor((x - STRIP.edge) / cell);
  const line = Math.floor((y - STRIP.edge) / (high + STRIP.gap));
  if (column < 0 || column >= across || line < 0 || line >= lines) return null;
  const place = [index, line * across + column];
  return holdsCell(view, place) ? place : null;
}

function pointAtCell(view, place) {
  if (!view.message || (place && String(place) === String(view.hovered))) return;
  view.hovered = place;
  changeStrips(view);
}

function changeStrips(view) {
  describeCell(view);
  drawStrips(view);
}

function describeCell(view) {
  const place = view.hovered ?? view.cursor;
  if (!holdsCell(view, place)) { view.line.say(); return; }
  const [index, dimension] = place;
  const { title, values } = view.strips[index];
  view.line.say(
    title,
    view.message.texts.dimension.replace("{number}", dimension),
    make("span", "value", signedNumber(values[dimension])),
  );
}

function onStripsKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const [strip, at] = view.cursor ?? [0, 0];
  const last = view.strips[strip].values.length - 1;
  const within = (to) => [strip, Math.min(Math.max(to, 0), last)];
  const to = {
    ArrowLeft: () => within(at - 1),
    ArrowRight: () => within(at + 1),
    ArrowUp: () => cellInLine(view, strip, at, -1),
    ArrowDown: () => cellInLine(view, strip, at, 1),
    Home: () => within(0),
    End: () => within(last),
  }[event.key];
  if (!to) return;
  view.cursor = to();
  view.hovered = null;
  event.preventDefault();
  changeStrips(view);
}

/** The cell in the line above (−1) or below (1), of the next strip where this one ends. */
function cellInLine({ strips }, index, at, direction) {
  const { plot: { across, lines }, values } = strips[index];
  const line = Math.floor(at / across) + direction;
  if (line >= 0 && line < lines) {
    return [index, Math.min(line * across + (at % across), values.length - 1)];
  }
  const next = strips[index + direction];
  if (!next) return [index, at];
  const from = direction > 0 ? 0 : (next.plot.lines - 1) * next.plot.across;
  const column = Math.min(at % across, next.plot.across - 1);
  return [index + direction, Math.min(from + column, next.values.length - 1)];
}
