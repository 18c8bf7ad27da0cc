// What every view stands on: one root per mount that outlives reruns, a sharp canvas, and the fixed
// line under the picture. It stands in front of every view's own code.

const stages = new WeakMap(); // parentElement -> stage
const furnishings = []; // called with every new stage; what they return hears each message
let recording = null; // while a picture is saved: {ratio, open(canvas, width, height)}

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
  stage.hearers = furnishings.map((furnish) => furnish(stage));
  const fit = () => {
    const [width, scale] = [roomIn(stage.root), typeScale()];
    if (!width || (width === stage.width && scale === stage.scale)) return;
    stage.width = width;
    stage.scale = scale;
    if (stage.message) stage.view.resize(width);
  };
  const observer = new ResizeObserver(fit);
  observer.observe(stage.root);
  globalThis.addEventListener("resize", fit); // the root's type may have another size
  const redraw = () => stage.message && stage.view.resize(stage.width);
  document.fonts?.ready.then(redraw); // the canvas may have been lettered before the font arrived
  const zoom = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  zoom.onchange = redraw;
  stage.cleanups.push(() => observer.disconnect(), () => { zoom.onchange = null; },
    () => globalThis.removeEventListener("resize", fit));
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
  stage.width = roomIn(stage.root) || stage.width || 320;
  stage.scale = typeScale();
  const began = performance.now();
  stage.view.show(message);
  for (const hear of stage.hearers) hear(message);
  stage.root.dataset.drawMs = (performance.now() - began).toFixed(1); // for the benchmarks
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// ---- canvas

/** How many points of the screen, or of a picture being saved, make a pixel of the layout. */
function pixelRatio() {
  return recording?.ratio ?? (devicePixelRatio || 1) * typeScale();
}

/** Give the canvas this size in the layout, sharp on this screen, cleared; its 2-D context. */
function openCanvas(canvas, width, height) {
  if (recording) return recording.open(canvas, width, height);
  const ratio = pixelRatio();
  const context = canvas.getContext("2d");
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  canvas.style.width = rem(width);
  canvas.style.height = rem(height);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A fill of thin diagonal lines: "not visible", never a value. */
function hatching(context, colour, gap = 6) {
  if (context.hatching) return context.hatching(colour, gap); // a pen that writes SVG
  const ratio = pixelRatio();
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

/** An image at this place and size in the layout, its points kept sharp however large. */
function putImage(context, image, left, top, width, height) {
  const sheet = document.createElement("canvas");
  sheet.width = image.width;
  sheet.height = image.height;
  sheet.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, left, top, width, height);
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
  const foot = make("div", "foot");
  const line = make("p", "line");
  line.id = "line"; // alone in its shadow root
  line.setAttribute("role", "status");
  foot.appendChild(line);
  root.appendChild(foot);
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

/** A number with its sign; zero, or what rounds to it, has none. */
function withSign(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** A colour bar with ticks [{at: 0..1, text}] and a caption; `table` for other than attention. */
function scaleLegend(caption, ticks, table = null) {
  const legend = make("div", "scale");
  legend.appendChild(make("span", "caption", caption));
  const bar = make("div", "bar");
  if (table) bar.style.background = gradientOf(table);
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
