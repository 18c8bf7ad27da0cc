// A stepped run as tiles in a row, a row for every branch, with lines where branches leave. DOM, so
// that every step can be focused and heard; the bent lines are small canvases.

const PATIENCE = 10_000; // ms; then the page did not go where it was asked to

export default function (component) {
  return present(component, buildTimeline);
}

function buildTimeline(stage) {
  const frame = make("div", "frame");
  const content = make("div", "content");
  frame.appendChild(content);
  stage.root.appendChild(frame);
  frame.setAttribute("role", "grid");
  frame.setAttribute("aria-describedby", "line");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = {
    stage, frame, content, line, legend, tiles: new Map(), wires: [], links: [],
    selected: null, cursor: null, hovered: null, tip: 0, asked: null, trail: new Set(),
  };
  handleMoves(view);
  onSelectionTold(stage, () => view.message?.view, () => followTold(view));
  stage.cleanups.push(() => clearTimeout(view.sending), () => clearTimeout(view.patience));
  return { show: (message) => showTimeline(view, message), resize: () => fitTimeline(view) };
}

function showTimeline(view, message) {
  if (view.message !== message) {
    const focused = focusedPlace(view);
    view.message = message;
    view.plan = planOf(message);
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    fillTimeline(view);
    view.cursor = tileAt(view, view.cursor) ? view.cursor : null;
    tileAt(view, focused)?.focus({ preventScroll: true });
    showTimelineLegend(view);
    followTold(view);
  }
  fitTimeline(view);
}

// ---- what leads where

/** Where every branch stands: its first column, its row, and its shares. */
function planOf({ branches, start, arrays: [{ values }] }) {
  const before = start ? 1 : 0; // the columns taken by what stood there first
  const plan = [];
  let from = 0;
  branches.forEach(({ parent, at, text }, index) => {
    const column = parent === null ? before : plan[parent].column + at;
    const origin = originOf(plan, parent, at);
    const shares = values.subarray(from, from + text.length);
    plan.push({ index, parent, at, origin, column, count: text.length, shares });
    from += text.length;
  });
  rowsInOrder(plan).forEach((branch, row) => { branch.row = row; });
  return plan;
}

/** The row that a branch comes from: what goes instead of a first step leaves what that one left. */
function originOf(plan, parent, at) {
  if (parent === null || at || plan[parent].parent === null) return { parent, at };
  return plan[parent].origin;
}

/** Branches below their parent, those that leave late first: so no line crosses another. */
function rowsInOrder(plan) {
  const below = (parent) => plan.filter(({ origin }) => origin.parent === parent)
    .sort((one, other) => other.origin.at - one.origin.at || one.index - other.index)
    .flatMap((branch) => [branch, ...below(branch.index)]);
  return below(null);
}

/** The places from the first to the last step of a branch, over all that it comes from. */
function pathTo({ plan, message }, index, count = plan[index].count) {
  const { parent, at } = plan[index];
  const own = Array.from({ length: count }, (_, step) => [index, step]);
  if (parent !== null) return [...pathTo({ plan, message }, parent, at), ...own];
  return message.start ? [[index, -1], ...own] : own;
}

function samePlace(one, other) {
  return one?.[0] === other?.[0] && one?.[1] === other?.[1];
}

/** The tile of a place; what stood there before the first step is one tile, whatever the branch. */
function tileAt(view, place) {
  return place ? view.tiles.get(nameOf(place)) ?? null : null;
}

function nameOf([branch, step]) {
  return step < 0 ? "start" : `${branch} ${step}`;
}

// ---- what is selected

/**
 * Select what the page tells, and take the keyboard along. It waits while the page is on its way to
 * where the reader went, and while the step itself has not arrived.
 */
function followTold(view) {
  if (!view.message) return;
  if (!tileAt(view, view.selected)) view.selected = null;
  const told = toldSelection(view.message.view);
  if (told && (!tileAt(view, told) || isPassed(view, told))) markSteps(view);
  else {
    clearTimeout(view.patience);
    view.asked = null;
    view.trail.clear();
    const moved = !samePlace(told, view.selected);
    const held = focusedPlace(view);
    const along = held !== null && samePlace(held, view.selected);
    view.selected = told;
    if (moved && (along || !held)) view.cursor = null;
    if (moved && along) focusTile(view, told);
    else if (moved) revealTile(view, told);
    markSteps(view);
  }
  describeStep(view);
}

/** Whether the page tells a step that the reader has been at and left since. */
function isPassed({ asked, trail }, told) {
  return asked !== null && !samePlace(told, asked) && trail.has(nameOf(told));
}

function selectStep(view, place) {
  const told = toldSelection(view.message.view);
  view.selected = view.cursor = place;
  if (view.asked || !samePlace(place, told)) view.asked = place;
  if (told) view.trail.add(nameOf(told));
  view.trail.add(nameOf(place));
  clearTimeout(view.patience);
  view.patience = setTimeout(() => { view.asked = null; followTold(view); }, PATIENCE);
  markSteps(view);
  describeStep(view);
}

/** Ring, dimmed steps, strong lines: which steps lead to the selected one. */
function markSteps(view) {
  const { selected, plan } = view;
  view.tip = Math.min(view.tip, plan.length - 1);
  if (selected && !pathTo(view, view.tip).some((place) => samePlace(place, selected))) {
    view.tip = selected[0];
  }
  const lit = new Set(selected ? pathTo(view, selected[0], selected[1] + 1).map(nameOf) : []);
  if (selected && view.message.start) lit.add("start");
  const stop = view.cursor ?? selected ?? pathTo(view, view.tip)[0];
  for (const [name, tile] of view.tiles) {
    const current = selected !== null && nameOf(selected) === name;
    tile.classList.toggle("selected", current);
    tile.classList.toggle("aside", selected !== null && !lit.has(name));
    tile.setAttribute("aria-selected", String(current));
    tile.tabIndex = stop && nameOf(stop) === name ? 0 : -1;
  }
  for (const { element, end } of view.links) element.classList.toggle("lit", lit.has(end));
  for (const wire of view.wires) {
    wire.lit = wire.end !== null && lit.has(wire.end);
    wire.canvas.classList.toggle("lit", wire.lit);
    drawWire(view, wire);
  }
  view.aside?.classList.toggle("shown", lit.size > 0 && lit.size < view.tiles.size);
}

function showTimelineLegend(view) {
  const { texts, branches } = view.message;
  view.legend.replaceChildren();
  if (branches.some(({ chosen }) => chosen.some(Boolean))) {
    view.legend.appendChild(swatchLegend("badge", texts.chosen));
  }
  view.aside = swatchLegend("aside", texts.aside);
  view.aside.classList.add("aside-note");
  view.legend.appendChild(view.aside);
}

// ---- what the line under the tiles says

function describeStep(view) {
  const place = view.hovered ?? focusedPlace(view) ?? view.selected;
  if (!view.message || !tileAt(view, place)) { view.line.say(); return; }
  const { message: { texts, branches, start }, plan } = view;
  const [branch, step] = place;
  if (step < 0) { view.line.say(make("span", "detail", numberText(view, 0)), start); return; }
  const { text, note, chosen, name } = branches[branch];
  const share = plan[branch].shares[step];
  view.line.say(
    make("span", "detail", numberText(view, numberOf(view, place))),
    saidToken(text[step]),
    !Number.isNaN(share) && labelled(texts.probability, spellExactly(share), true),
    chosen[step] && texts.chosen,
    note[step],
    name && branches.length > 1 && quiet(name),
  );
}

/** Which step of the whole run a place is, counted from 1. */
function numberOf({ plan, message }, [branch, step]) {
  return plan[branch].column + step + (message.start ? 0 : 1);
}

function numberText({ message: { texts } }, number) {
  return texts.step.replace("{number}", number);
}
