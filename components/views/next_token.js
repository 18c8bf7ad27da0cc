// The next token's candidates as bars, before and after the sampling settings. DOM, not canvas:
// tokens of any script stand in rows that can be focused, heard and taken.

export default function (component) {
  return present(component, buildNextToken);
}

function buildNextToken(stage) {
  const summary = make("p", "summary");
  const picture = make("div", "candidates");
  const heads = make("div", "heads");
  const list = make("div", "list");
  heads.setAttribute("aria-hidden", "true");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-describedby", "line");
  picture.append(heads, list);
  stage.root.append(summary, picture);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const cutLine = make("div", "cut-line");
  const cutText = make("span", "cut-text");
  cutLine.setAttribute("role", "presentation");
  cutLine.append(make("span", "rule"), cutText, make("span", "rule"));
  const view = {
    stage, summary, picture, heads, list, line, legend, cutLine, cutText,
    rows: [], byName: new Map(), selected: null, cursor: 0, hovered: null,
  };
  handleCandidates(view);
  return { show: (message) => showNextToken(view, message), resize: () => fitCandidates(view) };
}

function showNextToken(view, message) {
  if (view.message !== message) {
    const focused = focusedCandidate(view);
    view.message = message;
    view.list.setAttribute("aria-label", message.label);
    view.picture.classList.toggle("choosable", message.selectable);
    view.line.hint(message.texts.hint);
    view.summary.textContent = message.summary;
    fillCandidates(view);
    const last = view.rows.length - 1;
    view.cursor = Math.min(focused ?? view.cursor, last);
    if (view.hovered > last) view.hovered = null;
    if (focused !== null) focusCandidate(view, focused);
    showHeads(view);
    showNextTokenLegend(view);
  }
  view.selected = message.selected;
  markCandidates(view);
  fitCandidates(view);
  describeCandidate(view);
}

/** The ring of the token that was taken, and which row the keyboard comes to first. */
function markCandidates(view) {
  view.rows.forEach(({ element }, index) => {
    element.classList.toggle("chosen", index === view.selected);
    element.setAttribute("aria-selected", String(index === view.selected));
    element.tabIndex = index === view.cursor ? 0 : -1;
  });
}

function showHeads({ heads, message: { texts } }) {
  heads.replaceChildren(
    make("span", "", texts.token), make("span"), make("span", "number", texts.after),
    make("span", "number", texts.before), make("span"));
}

function showNextTokenLegend({ legend, message }) {
  const { texts, cut, drawn, selected } = message;
  legend.replaceChildren(
    swatchLegend("after", texts.afterLegend), swatchLegend("before", texts.beforeLegend));
  if (cut) legend.appendChild(swatchLegend("cut", texts.cutLegend));
  if (drawn !== null) legend.appendChild(swatchLegend("drawn", texts.drawn));
  if (selected !== null) legend.appendChild(swatchLegend("chosen", texts.selected));
}

// ---- pointing and choosing

function handleCandidates(view) {
  const { list } = view;
  const indexOf = (event) => {
    const row = event.target.closest?.(".row");
    return row ? Number(row.dataset.index) : null;
  };
  list.onclick = (event) => {
    const index = indexOf(event);
    if (index === null) return;
    focusCandidate(view, index);
    takeCandidate(view, index);
  };
  list.onpointerover = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.hovered = indexOf(event);
    describeCandidate(view);
  };
  list.onpointerleave = () => { view.hovered = null; describeCandidate(view); };
  list.addEventListener("focusin", (event) => {
    view.cursor = indexOf(event);
    markCandidates(view);
    describeCandidate(view);
  });
  list.addEventListener("focusout", () => requestAnimationFrame(() => describeCandidate(view)));
  list.onkeydown = (event) => onCandidateKey(view, event);
}

function focusedCandidate(view) {
  const row = view.stage.root.getRootNode().activeElement?.closest(".row");
  return row && view.list.contains(row) ? Number(row.dataset.index) : null;
}

function focusCandidate(view, index) {
  view.rows[Math.min(Math.max(index, 0), view.rows.length - 1)]?.element.focus();
}

/** All others share a row; none of them can be taken there. */
function takeCandidate(view, index) {
  const { selectable, tokens } = view.message;
  if (!selectable || index >= tokens.length) return;
  view.selected = index;
  markCandidates(view);
  describeCandidate(view);
  view.stage.answer("selected", [index, tokens[index][1]]);
}

function onCandidateKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const here = focusedCandidate(view);
  if (here === null) return;
  const to = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: Infinity }[event.key];
  if (to !== undefined) {
    view.hovered = null;
    focusCandidate(view, to);
  } else if (event.key === "Enter" || event.key === " ") {
    if (!event.repeat) takeCandidate(view, here);
  } else return;
  event.preventDefault();
}

// ---- what the line under the rows says

function describeCandidate(view) {
  const index = view.hovered ?? focusedCandidate(view);
  if (!view.message || index === null || !view.rows[index]) { view.line.say(); return; }
  const { texts, drawn } = view.message;
  const { id, whole, before, after, reason, note } = candidateAt(view, index);
  view.line.say(
    saidToken(whole),
    labelled(texts.after, spellExactly(after), true),
    labelled(texts.before, spellExactly(before)),
    labelled(texts.change, withSign(after - before, 3)),
    id !== null && labelled(texts.id, String(id)),
    reason && texts.cutBy.replace("{what}", reason),
    note && quiet(note),
    drawn === index && make("span", "detail", texts.drawn),
    view.selected === index && make("span", "detail", texts.selected),
  );
}
