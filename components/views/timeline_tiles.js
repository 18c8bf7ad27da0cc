// The tiles of a timeline, the lines between them, and where all of it stands. A part of
// timeline.js.

const TILE = { wide: 96, high: 68, gap: 20, caption: 22, apart: 12, edge: 4, inside: 9 };

function fillTimeline(view) {
  const { message, plan, content } = view;
  view.tiles.clear();
  view.links = [];
  view.wires = [];
  view.named = message.branches.some(({ name }) => name);
  view.bent = plan.some(({ column }, i) => i && !column); // a line goes around the first column
  const rows = [...plan].sort((one, other) => one.row - other.row)
    .map((branch) => makeRow(view, branch));
  content.replaceChildren(...rows, ...view.wires.map(({ canvas }) => canvas));
  const last = Math.max(...plan.map(({ column, count }) => column + Math.max(count, 1)));
  content.style.width = rem(columnLeft(view, last) - TILE.gap + TILE.edge);
  content.style.height = rem(rowTop(view, plan.length) - TILE.apart + TILE.edge);
}

function makeRow(view, branch) {
  const { name, text } = view.message.branches[branch.index];
  const row = make("div", "row");
  row.setAttribute("role", "row");
  if (name) row.setAttribute("aria-label", name);
  const top = rowTop(view, branch.row);
  row.style.top = rem(top);
  row.style.height = rem(TILE.high + captionHeight(view));
  if (name) row.appendChild(makeCaption(view, branch, name));
  if (view.message.start && !branch.row) row.appendChild(placeTile(view, startTile(view), 0));
  if (!text.length) row.appendChild(placeTile(view, emptySlot(view), branch.column));
  text.forEach((_, step) => {
    const tile = makeTile(view, branch, step);
    row.appendChild(placeTile(view, tile, branch.column + step));
    if (step) row.appendChild(makeLink(view, branch, step));
  });
  joinRow(view, branch, row);
  return row;
}

/** The name above a row: it stays in sight while the row scrolls. */
function makeCaption(view, { column }, name) {
  const caption = make("div", "caption-room");
  caption.style.left = rem(columnLeft(view, column));
  const text = make("bdi", "caption", name);
  text.dir = "auto";
  text.setAttribute("role", "rowheader");
  caption.appendChild(text);
  return caption;
}

// ---- where things stand

function captionHeight(view) {
  return view.named ? TILE.caption : 0;
}

function columnLeft(view, column) {
  return TILE.edge + (view.bent ? TILE.gap : 0) + column * (TILE.wide + TILE.gap);
}

function rowTop(view, row) {
  return TILE.edge + row * (TILE.high + captionHeight(view) + TILE.apart);
}

function rowMiddle(view, row) {
  return rowTop(view, row) + captionHeight(view) + TILE.high / 2;
}

function placeTile(view, tile, column) {
  tile.style.left = rem(columnLeft(view, column));
  tile.style.top = rem(captionHeight(view));
  tile.style.width = rem(TILE.wide);
  tile.style.height = rem(TILE.high);
  return tile;
}

// ---- tiles

function makeTile(view, branch, step) {
  const { text, note, chosen } = view.message.branches[branch.index];
  const place = [branch.index, step];
  const tile = openTile(view, place, stepWords(view, branch, step));
  const top = make("div", "top");
  top.append(make("span", "number", String(numberOf(view, place))));
  if (note[step]) top.appendChild(written(note[step], "note"));
  if (chosen[step]) top.appendChild(make("span", "badge"));
  const share = branch.shares[step];
  const word = written(visibleToken(text[step]), "word");
  if (!text[step].trim()) word.classList.add("sign");
  tile.append(top, word);
  if (Number.isNaN(share)) return tile;
  const measure = make("div", "measure");
  measure.append(shareBar(share), make("span", "share", spellShare(share)));
  tile.appendChild(measure);
  return tile;
}

function openTile(view, place, words) {
  const tile = make("div", "tile");
  tile.dataset.branch = place[0];
  tile.dataset.step = place[1];
  tile.tabIndex = -1;
  tile.setAttribute("role", "gridcell");
  tile.setAttribute("aria-label", words);
  view.tiles.set(nameOf(place), tile);
  return tile;
}

function startTile(view) {
  const tile = openTile(view, [0, -1], view.message.start);
  tile.classList.add("start");
  tile.append(make("div", "top"), written(view.message.start, "word"));
  tile.firstChild.appendChild(make("span", "number", "0"));
  return tile;
}

/** Where the first step of a branch will stand. */
function emptySlot(view) {
  const slot = make("div", "tile slot");
  slot.appendChild(written(view.message.texts.empty, "note"));
  return slot;
}

/** A text that is cut to its room once it stands there. */
function written(text, className) {
  const element = make("bdi", className, text);
  element.dir = "auto";
  element.dataset.whole = text;
  return element;
}

function stepWords(view, branch, step) {
  const { message: { texts, branches } } = view;
  const { text, note, chosen } = branches[branch.index];
  const share = branch.shares[step];
  return [
    numberText(view, numberOf(view, [branch.index, step])),
    visibleToken(text[step]),
    !Number.isNaN(share) && `${texts.probability} ${spellExactly(share)}`,
    chosen[step] && texts.chosen,
    note[step],
  ].filter(Boolean).join(", ");
}

/** Cut every text to its tile, and draw the bent lines. */
function fitTimeline(view) {
  const room = TILE.wide - 2 * TILE.inside;
  for (const word of view.content.querySelectorAll(".tile:not(.start) .word")) {
    word.textContent = fitText(rulerFor(view.stage, "600 15px"), word.dataset.whole, room);
  }
  for (const word of view.content.querySelectorAll(".start .word")) { // in two lines
    word.textContent = fitText(rulerFor(view.stage, "400 13px"), word.dataset.whole, 1.75 * room);
  }
  for (const note of view.content.querySelectorAll(".note")) {
    const beside = note.parentElement.querySelector(".number") ? 24 : 0;
    const badge = note.parentElement.querySelector(".badge") ? 14 : 0;
    const ruler = rulerFor(view.stage, "400 12px");
    note.textContent = fitText(ruler, note.dataset.whole, room - beside - badge);
  }
  for (const wire of view.wires) drawWire(view, wire);
}

// ---- lines

/** The straight line to a step from the one before it in the same row. */
function makeLink(view, { index, column }, step) {
  const link = make("div", "link");
  link.style.left = rem(columnLeft(view, column + step) - TILE.gap);
  link.style.top = rem(captionHeight(view) + TILE.high / 2 - 1);
  link.style.width = rem(TILE.gap);
  view.links.push({ element: link, end: nameOf([index, step]) });
  return link;
}

/** The line to a row from what it leaves. */
function joinRow(view, { index, origin: { parent, at }, column, row, count }, element) {
  const { start } = view.message;
  if (parent === null && !start) return;
  const first = parent === null || (start && !at && view.plan[parent].parent === null);
  const from = first ? 0 : view.plan[parent].row; // what stood there first is in the first row
  if (row === from) {
    if (count) element.appendChild(makeLink(view, view.plan[index], 0));
    return;
  }
  const canvas = make("canvas", "wire");
  canvas.setAttribute("aria-hidden", "true");
  canvas.style.left = rem(columnLeft(view, column) - TILE.gap);
  canvas.style.top = rem(rowMiddle(view, from) - 1);
  const height = rowMiddle(view, row) - rowMiddle(view, from) + 2;
  const end = count ? nameOf([index, 0]) : null;
  view.wires.push({ canvas, height, bracket: !column, end, lit: false });
}

/** Out of the step before and down to the row; without a step before, around the first column. */
function drawWire({ stage: { theme } }, { canvas, height, bracket, lit }) {
  const context = openCanvas(canvas, TILE.gap, height);
  const [middle, bottom, turn] = [TILE.gap / 2, height - 1, 9];
  context.beginPath();
  context.moveTo(bracket ? TILE.gap : 0, 1);
  context.quadraticCurveTo(middle, 1, middle, 1 + turn);
  context.lineTo(middle, bottom - turn);
  context.quadraticCurveTo(middle, bottom, TILE.gap, bottom);
  context.strokeStyle = lit ? theme.muted : theme.grey;
  context.lineWidth = 2;
  context.stroke();
}
