// A grid of heads on one canvas; a second canvas above it carries the rings, so that pointing and
// choosing never draw the weights again.

export default function (component) {
  return present(component, buildGrid);
}

function buildGrid(stage) {
  const body = make("div", "body");
  const rows = make("div", "rows");
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  const rings = make("canvas", "rings");
  frame.append(picture, rings);
  body.append(rows, frame);
  stage.root.appendChild(body);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  picture.setAttribute("aria-hidden", "true");
  rings.setAttribute("aria-hidden", "true");

  const view = {
    stage, body, rows, frame, picture, rings, line, legend,
    hovered: null, cursor: 0, selected: null, tiles: [],
  };
  rings.onpointermove = (event) => hover(view, tileAt(view, event));
  rings.onpointerleave = () => hover(view, null);
  rings.onclick = (event) => chooseTile(view, tileAt(view, event));
  frame.onfocus = () => drawRings(view);
  frame.onblur = () => { drawRings(view); describeTile(view, null); };
  frame.onkeydown = (event) => onGridKey(view, event);
  onSelectionTold(stage, () => view.message?.view, (place) => select(view, place));

  return {
    show: (message) => showGrid(view, message),
    resize: () => layOut(view),
  };
}

function showGrid(view, message) {
  const fresh = view.message !== message;
  view.message = message;
  if (fresh) {
    view.selected = indexOf(view, toldSelection(message.view));
    view.cursor = view.selected ?? 0;
    view.hovered = null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    view.line.say();
    showLegend(view);
  }
  layOut(view);
}

function indexOf(view, place) {
  if (!place || !view.message) return null;
  const index = view.message.heads.findIndex(([l, h]) => l === place[0] && h === place[1]);
  return index < 0 ? null : index;
}

function showLegend(view) {
  const { texts, causal, sinks, pooled, tints } = view.message;
  const ticks = [0, 0.04, 0.25, 0.5, 1].map((w) => ({ at: Math.sqrt(w), text: String(w) }));
  view.legend.replaceChildren(scaleLegend(texts.scale, ticks));
  if (causal) view.legend.appendChild(swatchLegend("hatched", texts.unseen));
  if (sinks.length) view.legend.appendChild(swatchLegend("grey", texts.sinks));
  if (tints) view.legend.appendChild(swatchLegend("tinted", `${texts.tints}, 0–1`));
  if (pooled) view.legend.appendChild(make("span", "note", texts.pooled));
}

// ---- pointing and choosing

function tileAt(view, event) {
  const { tile, below } = view;
  const { x, y } = offsetIn(event);
  const index = view.tiles.findIndex((at) =>
    x >= at.x - 2 && x < at.x + tile + 2 && y >= at.y - 2 && y < at.y + tile + below);
  return index < 0 ? null : index;
}

function hover(view, index) {
  if (index === view.hovered) return;
  view.hovered = index;
  view.rings.style.cursor = index === null ? "default" : "pointer";
  describeTile(view, index);
  drawRings(view);
}

function describeTile(view, index) {
  if (index === null) view.line.say();
  else {
    const place = make("span", "value", placeText(view, index));
    view.line.say(place, view.message.captions[index]);
  }
}

function placeText(view, index) {
  const [layer, head] = view.message.heads[index];
  return view.message.texts.place.replace("{layer}", layer).replace("{head}", head);
}

function chooseTile(view, index) {
  if (index === null) return;
  view.cursor = index;
  select(view, view.message.heads[index]);
  describeTile(view, index);
  previewTile(view, index);
  view.stage.answer("selected", view.message.heads[index]);
}

/** Let who shows a head large draw it from its thumbnail until the page has answered. */
function previewTile(view, index) {
  const { view: from, heads, levels: most, arrays: [{ shape, values }] } = view.message;
  const [, side, columns] = shape;
  if (side !== columns) return; // a preview knows square heads only
  const levels = values.subarray(index * side * side, (index + 1) * side * side);
  const detail = { from, place: heads[index], title: placeText(view, index), side, levels, most };
  globalThis.dispatchEvent(new CustomEvent("headlight-preview", { detail }));
}

function select(view, place) {
  view.selected = indexOf(view, place);
  // Who moves on by keyboard while the page still runs is not thrown back to what was chosen.
  const held = view.stage.root.getRootNode().activeElement === view.frame;
  if (!held) view.cursor = view.selected ?? view.cursor;
  drawRings(view);
}

function onGridKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (step[event.key]) moveCursor(view, ...step[event.key]);
  else if (event.key === "Home") view.cursor = 0;
  else if (event.key === "End") view.cursor = view.tiles.length - 1;
  else if (event.key === "Enter" || event.key === " ") chooseTile(view, view.cursor);
  else return;
  event.preventDefault();
  drawRings(view);
  describeTile(view, view.cursor);
  showTile(view, view.cursor);
}

/** To the nearest tile in that direction; where there is none the cursor stays. */
function moveCursor(view, dx, dy) {
  const here = view.tiles[view.cursor];
  let nearest = Infinity;
  view.tiles.forEach((tile, index) => {
    const along = (tile.x - here.x) * dx + (tile.y - here.y) * dy;
    const aside = Math.abs((tile.x - here.x) * dy) + Math.abs((tile.y - here.y) * dx);
    if (along > 1 && along + 4 * aside < nearest) {
      nearest = along + 4 * aside;
      view.cursor = index;
    }
  });
}

function showTile(view, index) {
  const { frame, tile, below } = view;
  const { x, y } = view.tiles[index];
  revealIn(frame, {
    left: x - WALL.gap, right: x + tile + WALL.gap, top: y - WALL.gap, bottom: y + tile + below,
  });
}
