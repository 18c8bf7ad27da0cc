// Pointing, zooming and going from step to step: mouse, wheel, fingers, keys. A part of
// training_curves.js.

const REACH = { drag: 4, marker: 7, settle: 250, few: 300 }; // px, px, ms, points in a stretch

function handleCurves(view) {
  const { picture, frame } = view;
  picture.onpointerdown = (event) => onCurvesDown(view, event);
  picture.onpointermove = (event) => onCurvesMove(view, event);
  picture.onpointerup = (event) => onCurvesUp(view, event);
  picture.onpointercancel = (event) => { forgetPointer(view, event); drawCurves(view); };
  picture.onpointerleave = (event) => {
    if (event.pointerType !== "touch" && !view.pointers.size) pointAtStep(view, null);
  };
  picture.ondblclick = () => zoomTo(view, null);
  picture.onwheel = (event) => {
    const here = frame.getRootNode().activeElement === frame;
    if (!view.plot || !(event.ctrlKey || event.metaKey || here)) return; // the page scrolls
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      panBy(view, (event.deltaX / view.plot.wide) * stepsShown(view));
    } else zoomAbout(view, stepAt(view, offsetIn(event).x), Math.exp(event.deltaY * 0.002));
  };
  frame.onkeydown = (event) => onCurvesKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible") || !view.message) return; // it was the pointer
    view.cursor ??= view.selected ?? lastStep(view);
    drawCurves(view);
  };
  frame.onblur = () => { view.cursor = null; if (view.message) drawCurves(view); };
}

function stepsShown({ stretch: [from, to] }) {
  return to - from;
}

function pointedStep({ hovered, cursor }) {
  return hovered ?? cursor;
}

function lastStep({ stretch: [, to] }) {
  return Math.round(to);
}

// ---- the pointer

function onCurvesDown(view, event) {
  if (!view.plot || event.button > 0) return;
  const { x } = offsetIn(event);
  view.pointers.set(event.pointerId, x);
  view.picture.setPointerCapture?.(event.pointerId);
  const near = isNearMarker(view, x);
  view.started = { x, shift: event.shiftKey, marker: near, moved: false };
  if (event.pointerType === "touch") pointAtStep(view, nearestStep(view, x));
}

function onCurvesMove(view, event) {
  if (!view.plot) return;
  const { x } = offsetIn(event);
  const before = view.pointers.get(event.pointerId);
  if (before === undefined) {
    view.picture.classList.toggle("grab", isNearMarker(view, x));
    pointAtStep(view, nearestStep(view, x));
    return;
  }
  if (view.pointers.size > 1) { pinch(view, event); return; }
  const { started } = view;
  if (!started.moved && Math.abs(x - started.x) < REACH.drag) return;
  started.moved = true;
  view.pointers.set(event.pointerId, x);
  if (started.marker) {
    view.dragged = nearestTick(view, stepAt(view, x));
    drawCurves(view);
  } else if (event.pointerType === "touch" || started.shift) {
    if (view.memory.zoom) panBy(view, ((before - x) / view.plot.wide) * stepsShown(view));
    else pointAtStep(view, nearestStep(view, x));
  } else {
    const { left, wide } = view.plot;
    view.hovered = null;
    view.brush = [started.x, x].map((end) => Math.min(Math.max(end, left), left + wide));
    drawCurves(view);
  }
}

function onCurvesUp(view, event) {
  const { started, brush, dragged } = view;
  const alone = view.pointers.size === 1;
  forgetPointer(view, event);
  if (!alone || !started) return;
  if (dragged !== null && started.marker) chooseTick(view, dragged);
  else if (brush) {
    const steps = brush.map((x) => stepAt(view, x)).sort((one, other) => one - other);
    if (steps[1] - steps[0] >= CURVES.least) zoomTo(view, steps.map(Math.round));
  } else if (!started.moved) {
    const near = nearestTick(view, stepAt(view, offsetIn(event).x));
    if (near !== null) chooseTick(view, near);
  }
  drawCurves(view);
}

function forgetPointer(view, { pointerId }) {
  view.pointers.delete(pointerId);
  view.brush = view.dragged = null;
}

/** Two fingers: what lay under them stays under them. */
function pinch(view, event) {
  const before = [...view.pointers.values()];
  view.pointers.set(event.pointerId, offsetIn(event).x);
  const after = [...view.pointers.values()];
  view.started.moved = true;
  const [far, near] = [before, after].map(([one, other]) => Math.max(10, Math.abs(one - other)));
  const middle = (before[0] + before[1]) / 2;
  const moved = (after[0] + after[1]) / 2 - middle;
  zoomAbout(view, stepAt(view, middle), far / near);
  panBy(view, (-moved / view.plot.wide) * stepsShown(view));
}

function isNearMarker(view, x) {
  if (view.selected === null || view.message.ticks.length < 2) return false;
  return Math.abs(acrossOf(view, view.selected) - x) <= REACH.marker;
}

/** The step of a point near `x`: of the first curve that is drawn. */
function nearestStep(view, x) {
  const steps = view.panels.flatMap(({ own }) => own)[0]?.line.steps;
  const { left, wide } = view.plot;
  if (!steps?.length || x < left - 8 || x > left + wide + 8) return null;
  const wanted = stepAt(view, x);
  const place = lowerBound(steps, wanted);
  const [low, high] = [steps[Math.max(0, place - 1)], steps[Math.min(place, steps.length - 1)]];
  return wanted - low < high - wanted ? low : high;
}

function nearestTick({ message: { ticks } }, step) {
  let best = null;
  for (const tick of ticks) if (best === null || Math.abs(tick - step) < Math.abs(best - step)) best = tick;
  return best;
}

function chooseTick(view, tick) {
  if (tick === view.selected) return;
  view.selected = tick; // at once; the page answers later
  view.stage.answer("selected", tick);
}

function pointAtStep(view, step) {
  if (!view.message || step === view.hovered) return;
  view.hovered = step;
  drawCurves(view);
}

// ---- zoom

function zoomAbout(view, step, factor) {
  const [from, to] = view.stretch;
  zoomTo(view, [step - (step - from) * factor, step + (to - step) * factor]);
}

function panBy(view, steps) {
  const [from, to] = view.stretch;
  zoomTo(view, [from + steps, to + steps]);
}

/** Show this stretch, or all steps; soon after, the page is asked for finer points of it. */
function zoomTo(view, stretch) {
  if (!view.plot) return;
  const [first, last] = view.domain;
  view.memory.zoom = properStretch(stretch, first, last);
  drawCurves(view);
  clearTimeout(view.asking);
  view.asking = setTimeout(() => askForPoints(view), REACH.settle);
}

function askForPoints(view) {
  const { memory } = view;
  if (!memory.zoom) return;
  const [first, last] = [Math.max(0, Math.floor(memory.zoom[0])), Math.ceil(memory.zoom[1])];
  const coarse = [...memory.runs.values()].some((kept) => {
    if (!(kept.width > 1) || (last - first) / kept.width > REACH.few) return false;
    const { stretch: [from, to] = [0, -1], width = 0 } = kept.detail ?? {};
    const there = from <= first && to >= Math.min(last, view.domain[1]);
    return !there || (width > 1 && (last - first) / width < REACH.few / 2);
  });
  if (coarse && last > first) view.stage.answer("moved", [first, last]);
}

// ---- keys

function onCurvesKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.plot) return;
  const at = view.cursor ?? lastStep(view);
  const wide = stepsShown(view);
  const moves = {
    "+": () => zoomAbout(view, at, 0.5),
    "=": () => zoomAbout(view, at, 0.5),
    "-": () => zoomAbout(view, at, 2),
    0: () => zoomTo(view, null),
    Home: () => moveCursor(view, view.domain[0]),
    End: () => moveCursor(view, view.domain[1]),
    PageUp: () => panBy(view, wide / 2),
    PageDown: () => panBy(view, -wide / 2),
    ArrowLeft: () => (event.shiftKey ? panBy(view, -wide / 10) : moveCursor(view, stepBeside(view, at, -1))),
    ArrowRight: () => (event.shiftKey ? panBy(view, wide / 10) : moveCursor(view, stepBeside(view, at, 1))),
    Enter: () => chooseNearest(view, at),
    " ": () => chooseNearest(view, at),
    Escape: view.memory.zoom ? () => zoomTo(view, null) : null,
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
}

function chooseNearest(view, step) {
  const tick = nearestTick(view, step);
  if (tick !== null) chooseTick(view, tick);
  drawCurves(view);
}

/** The next point of the first curve; far out, as many points on as a pixel holds. */
function stepBeside(view, step, direction) {
  const steps = view.panels.flatMap(({ own }) => own)[0]?.line.steps;
  if (!steps?.length) return step;
  const [start, end] = seenIn(view, { steps });
  const stride = Math.max(1, Math.round((2 * (end - start)) / view.plot.wide));
  const place = placeUpTo({ steps }, step) + direction * stride;
  return steps[Math.min(Math.max(place, 0), steps.length - 1)];
}

function moveCursor(view, step) {
  view.cursor = step;
  view.hovered = null;
  const [from, to] = view.stretch;
  if (step < from) panBy(view, step - from);
  else if (step > to) panBy(view, step - to);
  else drawCurves(view);
}
