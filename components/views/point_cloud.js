// Points in two or three dimensions. What is nearest is drawn as lines and read in the line below.

const CLOUD = { high: 440, narrow: 340, edge: 30, near: 14, size: 5, lines: 3 };

export default function (component) {
  return present(component, buildCloud);
}

function buildCloud(stage) {
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  frame.appendChild(picture);
  stage.root.appendChild(frame);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = {
    stage, frame, picture, line, legend,
    hovered: null, cursor: null, selected: null, turn: [0.5, 0.35], grip: null, placed: [], signs: [],
  };
  picture.onpointermove = (event) => onCloudMove(view, event);
  picture.onpointerleave = (event) => { if (event.pointerType !== "touch") pointAtPoint(view, null); };
  picture.onpointerdown = (event) => gripCloud(view, event);
  picture.onpointerup = (event) => releaseCloud(view, event);
  picture.onpointercancel = () => { view.grip = null; picture.classList.remove("turning"); };
  frame.onkeydown = (event) => onCloudKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return;
    view.cursor ??= view.selected ?? 0;
    changeCloud(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtPoint(view, null); };
  onSelectionTold(stage, () => view.message?.view, (told) => {
    view.selected = told?.[0] ?? null;
    changeCloud(view);
  });
  return {
    show: (message) => showCloud(view, message),
    resize: () => drawCloud(view),
    table: () => cloudTable(view),
  };
}

function showCloud(view, message) {
  if (view.message !== message) {
    view.message = message;
    const [coordinates, neighbours, cosines] = message.arrays;
    const { dims, labels } = message;
    view.points = labels.map((_, i) => [0, 1, 2].map((axis) =>
      (axis < dims ? coordinates.values[i * dims + axis] : 0)));
    const width = neighbours.shape[1];
    const row = ({ values }, i) => Array.from(values.subarray(i * width, (i + 1) * width));
    view.near = labels.map((_, i) => row(neighbours, i));
    view.cosines = labels.map((_, i) => row(cosines, i));
    view.hovered = null;
    if (view.cursor !== null && view.cursor >= labels.length) view.cursor = null;
    view.selected = toldSelection(message.view)?.[0] ?? null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
  }
  fillGroups(view);
  changeCloud(view);
}

function fillGroups(view) {
  view.signs = view.message.groupNames.map(() => make("canvas"));
  view.legend.replaceChildren(...view.message.groupNames.map((name, group) => {
    const item = make("span", "group");
    item.append(view.signs[group], isolated(name));
    return item;
  }));
}

function changeCloud(view) {
  if (!view.message) return;
  describePoint(view);
  drawCloud(view);
}

function shownPoint({ hovered, cursor, selected }) {
  return hovered ?? cursor ?? selected;
}

function describePoint(view) {
  const { message: { labels, details, texts }, line } = view;
  const at = shownPoint(view);
  if (at === null || at >= labels.length) { line.say(); return; }
  const near = view.near[at].slice(0, CLOUD.lines).map((other, i) =>
    `${labels[other]} ${view.cosines[at][i].toFixed(3)}`);
  line.say(
    make("span", "value", labels[at]),
    details[at] && quiet(details[at]),
    near.length ? quiet(`${texts.nearest}:`) : null,
    near.length ? near.join(" · ") : null,
  );
}

function pointAtPoint(view, at) {
  if (!view.message || at === view.hovered) return;
  view.hovered = at;
  changeCloud(view);
}

function nearestPoint(view, event) {
  const { x, y } = offsetIn(event);
  let [best, least] = [null, CLOUD.near ** 2];
  view.placed.forEach(([px, py], i) => {
    const far = (px - x) ** 2 + (py - y) ** 2;
    if (far < least) [best, least] = [i, far];
  });
  return best;
}

function choosePoint(view, at) {
  if (at === null) return;
  view.selected = at;
  view.cursor = at;
  changeCloud(view);
  view.stage.answer("selected", at);
}

/** The numbers as a table: label, details, coordinates. */
function cloudTable({ message, points }) {
  const { labels, details, axes, dims, texts } = message;
  const head = [texts.labelHead, texts.detailHead, ...axes];
  return [head, ...labels.map((label, i) => [label, details[i] ?? "", ...points[i].slice(0, dims)])];
}
