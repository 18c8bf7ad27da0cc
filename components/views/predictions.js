// The likeliest words of several places as bars, a panel for each. DOM, not canvas: words of any
// script stand in rows that can be focused and heard.

export default function (component) {
  return present(component, buildPredictions);
}

function buildPredictions(stage) {
  const panels = make("div", "panels");
  stage.root.appendChild(panels);
  panels.setAttribute("role", "group");
  panels.setAttribute("aria-describedby", "line");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = { stage, panels, line, legend, rows: [], cursor: null, hovered: null };
  handleWords(view);
  return { show: (message) => showPredictions(view, message), resize: () => fitWords(view) };
}

function showPredictions(view, message) {
  if (view.message !== message) {
    const focused = focusedWord(view);
    view.message = message;
    view.hovered = null;
    view.panels.setAttribute("aria-label", message.label);
    view.panels.classList.toggle("choosable", message.selectable);
    view.line.hint(message.texts.hint);
    fillPanels(view);
    view.cursor = rowAt(view, view.cursor) ? view.cursor : null;
    if (focused) focusWord(view, boundedWord(view, ...focused));
    showPredictionsLegend(view);
  }
  view.chosen = message.panels.map(({ chosen }) => chosen);
  markWords(view);
  fitWords(view);
  describeWord(view);
}

function rowAt(view, place) {
  return place ? view.rows[place[0]]?.[place[1]] ?? null : null;
}

/** Rings around what was chosen, and which row the keyboard comes to first. */
function markWords(view) {
  const stop = view.cursor ?? [0, 0];
  view.rows.forEach((rows, panel) => rows.forEach((row, word) => {
    const chosen = view.chosen[panel] === word;
    row.classList.toggle("chosen", chosen);
    row.setAttribute("aria-selected", String(chosen));
    row.tabIndex = panel === stop[0] && word === stop[1] ? 0 : -1;
  }));
}

function showPredictionsLegend(view) {
  const { texts, panels } = view.message;
  view.legend.replaceChildren(swatchLegend("now", texts.nowLegend));
  if (view.compared) view.legend.appendChild(swatchLegend("ghost", texts.beforeLegend));
  if (panels.some(({ original }) => original)) {
    view.legend.appendChild(swatchLegend("original", texts.originalLegend));
  }
  if (panels.some(({ chosen }) => chosen !== null)) {
    view.legend.appendChild(swatchLegend("chosen", texts.chosen));
  }
}

// ---- pointing and choosing

function handleWords(view) {
  const { panels } = view;
  const placeOf = (event) => {
    const row = event.target.closest?.(".row");
    return row ? [Number(row.dataset.panel), Number(row.dataset.word)] : null;
  };
  panels.onclick = (event) => {
    const place = placeOf(event);
    if (!place) return;
    focusWord(view, place);
    chooseWord(view, place);
  };
  panels.onpointerover = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.hovered = placeOf(event);
    describeWord(view);
  };
  panels.onpointerleave = () => { view.hovered = null; describeWord(view); };
  panels.addEventListener("focusin", (event) => {
    view.cursor = placeOf(event);
    markWords(view);
    describeWord(view);
  });
  panels.addEventListener("focusout", () => requestAnimationFrame(() => describeWord(view)));
  panels.onkeydown = (event) => onWordKey(view, event);
}

function focusedWord(view) {
  const row = view.stage.root.getRootNode().activeElement?.closest(".row");
  if (!row || !view.panels.contains(row)) return null;
  return [Number(row.dataset.panel), Number(row.dataset.word)];
}

function focusWord(view, place) {
  rowAt(view, place)?.focus();
}

/** The row nearest to this one in a panel that is there. */
function boundedWord(view, panel, word) {
  const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
  const inside = within(panel, view.rows.length);
  return [inside, within(word, view.rows[inside].length)];
}

/** An original that is not among the words has a row, but no number to choose it by. */
function chooseWord(view, [panel, word]) {
  const { selectable, panels } = view.message;
  if (!selectable || word >= panels[panel].words.length) return;
  view.chosen[panel] = word;
  markWords(view);
  describeWord(view);
  view.stage.answer("selected", [panel, word]);
}

function onWordKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const here = focusedWord(view);
  if (!here) return;
  const [panel, word] = here;
  const to = {
    ArrowUp: [panel, word - 1],
    ArrowDown: [panel, word + 1],
    ArrowLeft: [panel - 1, word],
    ArrowRight: [panel + 1, word],
    Home: [panel, 0],
    End: [panel, Infinity],
  }[event.key];
  if (to) {
    view.hovered = null;
    focusWord(view, boundedWord(view, ...to));
  } else if (event.key === "Enter" || event.key === " ") chooseWord(view, here);
  else return;
  event.preventDefault();
}

// ---- what the line under the panels says

function describeWord(view) {
  const place = view.hovered ?? focusedWord(view);
  if (!view.message || !rowAt(view, place)) { view.line.say(); return; }
  const { texts, panels } = view.message;
  const [panel, index] = place;
  const { text, share, before, rank } = wordAt(view, panel, index);
  view.line.say(
    panels.length > 1 && quiet(panels[panel].title),
    saidToken(text),
    labelled(texts.probability, spellExactly(share), true),
    before !== null && labelled(texts.before, spellExactly(before)),
    before !== null && labelled(texts.change, withSign(share - before, 3)),
    rank !== null && texts.original.replace("{rank}", rank),
    view.chosen[panel] === index && make("span", "detail", texts.chosen),
  );
}
