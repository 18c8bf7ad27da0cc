// Beam search as a tree that grows from left to right. DOM, so that every node can be focused and
// heard.

export default function (component) {
  return present(component, buildBeamTree);
}

function buildBeamTree(stage) {
  const frame = make("div", "frame");
  const content = make("div", "content");
  frame.appendChild(content);
  stage.root.appendChild(frame);
  frame.setAttribute("role", "tree");
  frame.setAttribute("aria-describedby", "line");
  content.setAttribute("role", "presentation");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = {
    stage, frame, content, line, legend, tree: null, elements: [],
    selected: null, cursor: null, hovered: null,
  };
  handleNodes(view);
  onSelectionTold(stage, () => view.message?.view, () => followSelection(view));
  return { show: (message) => showBeamTree(view, message), resize: () => fitTree(view) };
}

function showBeamTree(view, message) {
  if (view.message !== message) {
    const focused = indexAt(view, focusedNode(view));
    const cursor = indexAt(view, view.cursor);
    const grown = message.step !== view.message?.step;
    view.message = message;
    view.hovered = null;
    view.tree = plantTree(message);
    view.frame.setAttribute("aria-label", [message.label, message.start].filter(Boolean).join(": "));
    view.line.hint(message.texts.hint);
    fillTree(view);
    view.cursor = placeOfIndex(view, focused ?? cursor);
    if (focused !== null) view.elements[view.cursor]?.focus({ preventScroll: true });
    showTreeLegend(view);
    followSelection(view);
    if (grown) revealNode(view, newestNode(view));
  }
  fitTree(view);
}

/** The best node of the newest step, which the reader wants to see first. */
function newestNode({ message: { column, state }, tree }) {
  const newest = tree.order.filter((place) => column[place] === tree.columns);
  return newest.find((place) => state[place] === "winner")
    ?? newest.find((place) => state[place] !== "dropped") ?? newest[0] ?? null;
}

function indexAt({ message }, place) {
  return place === null ? null : message?.index[place] ?? null;
}

/** The place of a node among those shown; null where it is not shown. */
function placeOfIndex({ message }, index) {
  const place = message.index.indexOf(index);
  return place < 0 ? null : place;
}

// ---- what is selected

function followSelection(view) {
  if (!view.message) return;
  const told = toldSelection(view.message.view);
  view.selected = told ? placeOfIndex(view, told[0]) : null;
  markNodes(view);
  describeNode(view);
}

/** The ring, and which node the keyboard comes to first. */
function markNodes(view) {
  const stop = view.cursor ?? view.selected ?? view.tree.order[0];
  view.elements.forEach((element, place) => {
    element.classList.toggle("selected", place === view.selected);
    element.setAttribute("aria-selected", String(place === view.selected));
    element.tabIndex = place === stop ? 0 : -1;
  });
}

function selectNode(view, place) {
  view.selected = place;
  markNodes(view);
  describeNode(view);
  view.stage.answer("selected", indexAt(view, place));
}

function showTreeLegend({ legend, message: { state, texts } }) {
  const there = new Set(state);
  const kinds = ["kept", "dropped", "ceased", "finished"].filter((kind) => there.has(kind));
  legend.replaceChildren(...kinds.map((kind) => swatchLegend(kind, texts[kind])));
  if (there.has("winner")) legend.appendChild(swatchLegend("winning", `★ ${texts.winner}`));
}

// ---- pointing and choosing

function handleNodes(view) {
  const { frame } = view;
  const placeOf = (event) => {
    const element = event.target.closest?.(".node[data-place]");
    return element ? Number(element.dataset.place) : null;
  };
  frame.onclick = (event) => {
    const place = placeOf(event);
    if (place === null) return;
    focusNode(view, place);
    selectNode(view, place);
  };
  frame.onpointerover = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.hovered = placeOf(event);
    describeNode(view);
  };
  frame.onpointerleave = () => { view.hovered = null; describeNode(view); };
  frame.addEventListener("focusin", (event) => {
    view.cursor = placeOf(event);
    view.hovered = null;
    markNodes(view);
    describeNode(view);
  });
  frame.addEventListener("focusout", () => requestAnimationFrame(() => describeNode(view)));
  frame.onkeydown = (event) => onNodeKey(view, event);
}

function focusedNode(view) {
  const node = view.stage.root.getRootNode().activeElement?.closest(".node[data-place]");
  return node && view.frame.contains(node) ? Number(node.dataset.place) : null;
}

function focusNode(view, place) {
  if (place === null) return;
  view.elements[place].focus({ preventScroll: true });
  revealNode(view, place);
}

/** Scroll the frame, and nothing else, until a node is in sight. */
function revealNode({ frame, tree }, place) {
  if (place === null) return;
  const { column, row } = tree.nodes[place];
  const [left, top] = [nodeLeft(column), nodeTop(row)];
  revealIn(frame, {
    left: left - NODE.gap,
    right: left + NODE.wide + NODE.gap,
    top: top - NODE.head - NODE.edge,
    bottom: top + nodeHeight() + NODE.edge,
  });
}

/** Left and right go along a continuation, up and down over the nodes of a step. */
function onNodeKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const here = focusedNode(view);
  if (here === null) return;
  const { nodes, order } = view.tree;
  const { parent, children, column } = nodes[here];
  const level = order.filter((place) => nodes[place].column === column);
  const at = level.indexOf(here);
  const moves = {
    ArrowLeft: parent,
    ArrowRight: children[0],
    ArrowUp: level[at - 1],
    ArrowDown: level[at + 1],
    Home: order[0],
    End: order.at(-1),
  };
  if (event.key in moves) {
    view.hovered = null;
    focusNode(view, moves[event.key] ?? here);
  } else if (event.key === "Enter" || event.key === " ") {
    if (!event.repeat) selectNode(view, here);
  } else return;
  event.preventDefault();
}

// ---- what the line under the tree says

function describeNode(view) {
  const place = view.hovered ?? focusedNode(view) ?? view.selected;
  if (!view.message || place === null) { view.line.say(); return; }
  const { texts, text, column } = view.message;
  const { sum, score } = numbersAt(view, place);
  view.line.say(
    make("span", "detail", texts.step.replace("{number}", column[place])),
    saidToken(text[place]),
    labelled(texts.sum, sum),
    labelled(texts.score, score, true),
    fateOf(view, place),
  );
}
