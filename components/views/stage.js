// What every view stands on: one root per mount that outlives reruns, the theme's colours, a sharp
// canvas, and the fixed line under the picture. It stands in front of every view's own code.

const stages = new WeakMap(); // parentElement -> stage

/**
 * Show the component's newest data in the view that `build(stage)` made on the first run.
 * A view has show(message) and resize(width); Streamlit calls this again on every rerun and
 * whenever the theme changes, and runs the returned cleanup when the element goes away.
 */
function present(component, build) {
  const parent = component.parentElement;
  const stage = stages.get(parent) ?? openStage(parent, build);
  const turn = ++stage.turn;
  stage.answer = component.setTriggerValue;
  stage.theme = readTheme(stage.root);
  receive(stage, component.data).then((message) => {
    if (stage.turn === turn && stages.get(parent) === stage) refresh(stage, message);
  });
  return () => {
    if (stage.turn === turn) closeStage(parent, stage);
  };
}

function openStage(parent, build) {
  const stage = { root: make("div", "view"), turn: 0, width: 0, cleanups: [] };
  parent.appendChild(stage.root);
  stages.set(parent, stage);
  stage.view = build(stage);
  const observer = new ResizeObserver(() => {
    const width = Math.floor(stage.root.clientWidth);
    if (!width || width === stage.width) return;
    stage.width = width;
    if (stage.message) stage.view.resize(width);
  });
  observer.observe(stage.root);
  const redraw = () => stage.message && stage.view.resize(stage.width);
  document.fonts?.ready.then(redraw); // the canvas may have been lettered before the font arrived
  const zoom = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  zoom.onchange = redraw;
  stage.cleanups.push(() => observer.disconnect(), () => { zoom.onchange = null; });
  return stage;
}

function closeStage(parent, stage) {
  for (const cleanup of stage.cleanups) cleanup();
  stages.delete(parent);
  stage.root.remove();
}

async function receive(stage, data) {
  if (!(data instanceof Uint8Array)) return data;
  if (!sameBytes(stage.bytes, data)) {
    const message = await readMessage(data);
    stage.bytes = data;
    stage.decoded = message;
  }
  return stage.decoded;
}

function refresh(stage, message) {
  stage.message = message;
  stage.width = Math.floor(stage.root.clientWidth) || stage.width || 320;
  const began = performance.now();
  stage.view.show(message);
  stage.root.dataset.drawMs = (performance.now() - began).toFixed(1); // for the benchmarks
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// ---- theme

function readTheme(root) {
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const steps = value("chart-sequential-colors").split(",").map(parseColour);
  const background = parseColour(value("background-color"));
  const text = parseColour(value("text-color"));
  return {
    font: style.fontFamily,
    background: css(background),
    text: css(text),
    muted: css(mix(background, text, 0.68)),
    grey: css(mix(background, text, 0.2)),
    line: css(mix(background, text, 0.14)),
    hatch: css(mix(background, text, 0.26)),
    primary: value("primary-color"),
    ring: value("orange-color"),
    scale: scaleTable(steps),
  };
}

function parseColour(text) {
  const hex = text.trim().replace("#", "");
  if (/^[0-9a-f]{6}$/i.test(hex)) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return (text.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
}

function mix(one, other, share) {
  return one.map((channel, i) => Math.round(channel + (other[i] - channel) * share));
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}

/** The scale at 1001 even places from 0 to 1, as opaque pixels (little-endian RGBA). */
function scaleTable(steps) {
  const table = new Uint32Array(1001);
  for (let i = 0; i <= 1000; i++) {
    const place = (i / 1000) * (steps.length - 1);
    const below = Math.min(Math.floor(place), steps.length - 2);
    const [r, g, b] = mix(steps[below], steps[below + 1], place - below);
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}

function pixel(colour) {
  const [r, g, b] = parseColour(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

// ---- canvas

/** Give the canvas this size in CSS pixels, sharp on this screen, cleared; its 2-D context. */
function openCanvas(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const context = canvas.getContext("2d");
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A fill of thin diagonal lines: "not visible", never a value. */
function hatching(context, colour, gap = 6) {
  const ratio = devicePixelRatio || 1;
  const side = Math.round(gap * ratio);
  const tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = ratio;
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}

/** `text` cut with an ellipsis to `room` pixels, by whole characters. */
function fitText(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const width = context.measureText(`${characters.slice(0, middle).join("")}…`).width;
    if (width <= room) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join("")}…`;
}

// ---- the line and the legend

/** The fixed line under a view; without a text it shows its hint. */
function openLine(root) {
  const line = make("p", "line");
  line.id = "line"; // alone in its shadow root
  line.setAttribute("role", "status");
  root.appendChild(line);
  let hint = "";
  return {
    hint(text) { hint = text; },
    say(...parts) {
      const shown = parts.filter(Boolean);
      line.classList.toggle("hint", !shown.length);
      line.replaceChildren();
      if (!shown.length) line.textContent = hint;
      shown.forEach((part, i) => {
        if (i) line.append(" "); // for those who hear or copy the line
        line.append(typeof part === "string" ? isolated(part) : part);
      });
    },
  };
}

function isolated(text) {
  const part = make("bdi", "", text);
  part.dir = "auto";
  return part;
}

/** A colour bar with ticks [{at: 0..1, text}] and a caption. */
function scaleLegend(caption, ticks) {
  const legend = make("div", "scale");
  legend.appendChild(make("span", "caption", caption));
  const bar = make("div", "bar");
  for (const { at, text } of ticks) {
    const tick = make("span", "tick", text);
    tick.style.left = `${at * 100}%`;
    bar.appendChild(tick);
  }
  legend.appendChild(bar);
  return legend;
}

function swatchLegend(kind, caption) {
  const legend = make("div", "swatch-item");
  legend.appendChild(make("span", `swatch ${kind}`));
  legend.appendChild(isolated(caption));
  return legend;
}

// ---- the selection, which comes in a message of its own (selection.js)

/** Call `change(selected)` when another selection is told for the view named `name()`. */
function onSelectionTold(stage, name, change) {
  const hear = (event) => { if (event.detail === name()) change(toldSelection(name())); };
  globalThis.addEventListener("headlight-selection", hear);
  stage.cleanups.push(() => globalThis.removeEventListener("headlight-selection", hear));
}

function toldSelection(name) {
  return globalThis.headlightSelections?.get(name) ?? null;
}
