// The curves of runs by step: panels one under another on one canvas, with common steps, a legend
// whose entries hide their lines, and one line that says the values of a step. Points come in
// messages of their own (curve_points.js) and only the picture is drawn again for them.

export default function (component) {
  return present(component, buildCurves);
}

function buildCurves(stage) {
  const { root } = stage;
  const tools = make("div", "tools unsaved");
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  frame.appendChild(picture);
  root.append(tools, frame);
  const line = openLine(root);
  const legend = make("div", "legend");
  root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  const view = {
    stage, tools, frame, picture, line, legend, entries: [], panels: [], swatches: [],
    selected: null, hovered: null, cursor: null, brush: null, dragged: null, pointers: new Map(), drawing: 0,
  };
  handleCurves(view);
  onSelectionTold(stage, () => view.message?.view, (told) => markStep(view, told));
  const hear = ({ detail }) => { if (detail === view.message?.view) refreshSoon(view); };
  globalThis.addEventListener("headlight-curves", hear);
  stage.cleanups.push(
    () => globalThis.removeEventListener("headlight-curves", hear),
    () => cancelAnimationFrame(view.drawing),
    () => clearTimeout(view.asking),
  );
  return {
    show: (message) => showCurves(view, message),
    resize: () => drawCurves(view),
    table: () => tableOf(view),
  };
}

function showCurves(view, message) {
  if (view.message !== message) {
    view.message = message;
    view.line.hint(message.texts.hint);
  }
  view.selected = toldSelection(message.view)?.[0] ?? null;
  takeInPoints(view);
}

function markStep(view, told) {
  view.selected = told?.[0] ?? null;
  drawCurves(view);
}

/** Draw what has come, once for all messages that came together. */
function refreshSoon(view) {
  cancelAnimationFrame(view.drawing);
  view.drawing = requestAnimationFrame(() => takeInPoints(view));
}

function takeInPoints(view) {
  view.memory = curvesOf(view.message.view);
  view.entries = entriesOf(view);
  showLegend(view);
  describeCurves(view);
  drawCurves(view);
  view.stage.root.dataset.points = String(
    view.entries.reduce((sum, { line }) => sum + line.steps.length, 0)); // for tests and benchmarks
}

function drawCurves(view) {
  if (!view.memory || !view.stage.width) return;
  layOutCurves(view);
  paintCurves(view);
  paintSwatches(view);
  describeStep(view);
}

/** What the picture says, for people who hear it: the stretch, and where each curve is. */
function describeCurves(view) {
  const { message, frame, entries } = view;
  const { texts, label } = message;
  const said = entries.filter(({ raw }) => !raw).map(({ label: name, line, digits }) => {
    const first = finiteIn(line.mean, 1);
    const last = finiteIn(line.mean, -1);
    if (first === null) return name;
    return `${name}: ${texts.from
      .replace("{first}", spelled(first, digits)).replace("{last}", spelled(last, digits))}`;
  });
  frame.setAttribute("aria-label", [label, ...said.length ? said : [texts.empty]].join(". "));
}

/** The first finite value, or with -1 the last; null where there is none. */
function finiteIn(values, direction) {
  const found = direction > 0 ? values.find(Number.isFinite) : values.findLast(Number.isFinite);
  return found ?? null;
}

/** A value as people read it; a small one by its power of ten. */
function spelled(value, digits) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const size = Math.abs(value);
  if (size && size < 0.5 * 10 ** -digits) return value.toExponential(2).replaceAll("-", "−");
  if (size >= 10_000) return Math.round(value).toLocaleString("en");
  return value.toFixed(size >= 1000 ? 0 : digits).replace("-", "−");
}
