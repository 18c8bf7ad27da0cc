// A view as one page that can be saved: its title, its canvases drawn again by the view itself, and
// the letters, bars and boxes that stand around them in the document. A part of saving.js.
//
// A view takes part when it draws through openCanvas, all of it, in resize(). What has the class
// "unsaved" is left out; what a view unfolds for saving says its own style under ".saving".

const PAGE = { margin: 16, least: 320, title: 16, note: 12 };

/** Draw the view on the paper that `makePaper(width, height)` makes; answers that paper. */
function drawPage(stage, makePaper) {
  const scrolled = [...stage.root.querySelectorAll("*")]
    .filter((each) => each.scrollTop || each.scrollLeft)
    .map((each) => [each, each.scrollTop, each.scrollLeft]);
  try {
    return atUsualType(stage, () => unfoldedPage(stage, makePaper));
  } finally {
    for (const [each, top, left] of scrolled) each.scrollTo(left, top);
  }
}

/** Call `draw` with the root's type at its usual size: what is saved looks the same in every mode. */
function atUsualType(stage, draw) {
  if (typeScale() === 1) return draw();
  const { style } = document.documentElement;
  const size = style.fontSize;
  const fit = () => {
    stage.width = roomIn(stage.root);
    stage.view.resize(stage.width);
  };
  style.fontSize = `${USUAL_TYPE}px`;
  try {
    fit();
    return draw();
  } finally {
    style.fontSize = size;
    fit();
  }
}

function unfoldedPage(stage, makePaper) {
  const { root, message, theme } = stage;
  root.classList.add("saving");
  try {
    const items = [...itemsIn(root, root, null, 1)];
    const canvases = new Map([...root.querySelectorAll("canvas")].filter(isShown)
      .map((canvas) => [canvas, placeOf(canvas, root)]));
    const ends = [...items, ...canvases.values()];
    const width = Math.ceil(Math.max(PAGE.least, ...ends.map(({ x, width: wide }) => x + wide)));
    const head = written(theme, message.title ?? message.label ?? "", PAGE.title, 600, width);
    const foot = written(theme, message.source ?? "", PAGE.note, 400, width);
    const body = Math.ceil(Math.max(...ends.map(({ y, height }) => y + height)));
    const top = PAGE.margin + head.height;
    const paper = makePaper(width + 2 * PAGE.margin, top + body + foot.height + PAGE.margin);
    paintPage(stage, paper, { items, canvases, head, foot, top, body });
    return paper;
  } finally {
    recording = null;
    root.classList.remove("saving");
  }
}

function paintPage(stage, paper, { items, canvases, head, foot, top, body }) {
  const { theme, view } = stage;
  const left = PAGE.margin;
  const sheet = (x = 0, y = 0, width = paper.width, height = paper.height) =>
    paper.sheet(x, y, width, height);
  const ground = sheet();
  ground.fillStyle = theme.background;
  ground.fillRect(0, 0, paper.width, paper.height);
  letter(ground, head, left, PAGE.margin, theme.text);
  const boxes = sheet(left, top, paper.width - left, paper.height - top);
  for (const item of items) if (!item.text) paintBox(boxes, item);
  recording = {
    ratio: paper.ratio,
    open(canvas, width, height) {
      const place = canvases.get(canvas);
      if (!place) return sheet(0, 0, 0, 0); // one that is not shown
      const [wide, high] = [Math.min(width, place.width), Math.min(height, place.height)];
      return sheet(left + place.x, top + place.y, wide, high);
    },
  };
  view.resize(stage.width);
  recording = null;
  const texts = sheet(left, top, paper.width - left, paper.height - top);
  for (const item of items) if (item.text) paintText(texts, item);
  letter(sheet(), foot, left, top + body + PAGE.note, theme.muted);
}

// ---- what stands in the document

function* itemsIn(element, root, clip, alpha) {
  if (element.matches("canvas, .unsaved")) return;
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return;
  const box = boxOf(element.getBoundingClientRect(), root);
  const opacity = alpha * Number(style.opacity);
  if (element !== root && within(box, clip)) yield* boxesOf(style, box, opacity);
  const shown = style.overflowX === "visible" ? clip : box;
  for (const node of element.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE) yield* itemsIn(node, root, shown, opacity);
    else if (node.nodeType === Node.TEXT_NODE) yield* linesOf(node, style, root, shown, opacity);
  }
}

function* boxesOf(style, box, alpha) {
  const image = style.backgroundImage;
  const filled = !/^rgba\(.*, 0\)$|transparent|\/ 0\)$/.test(style.backgroundColor);
  const border = parseFloat(style.borderTopWidth) && style.borderTopStyle !== "none";
  if (!filled && image === "none" && !border) return;
  yield {
    ...box,
    alpha,
    fill: filled ? style.backgroundColor : null,
    colours: image.match(/(?:rgba?|color|oklab)\([^()]*\)|#[0-9a-f]{3,8}/gi) ?? [],
    hatched: image.startsWith("repeating"),
    border: border ? parseFloat(style.borderTopWidth) : 0,
    edge: style.borderTopColor,
    dashed: style.borderTopStyle === "dashed" || style.borderTopStyle === "dotted",
    radius: parseFloat(style.borderTopLeftRadius) || 0,
  };
}

/** A text as the lines into which it is broken. */
function* linesOf(node, style, root, clip, alpha) {
  if (!node.data.trim()) return;
  const range = document.createRange();
  let line = null;
  const lines = [];
  let at = 0;
  for (const character of node.data) {
    range.setStart(node, at);
    at += character.length;
    range.setEnd(node, at);
    const box = boxOf(range.getBoundingClientRect(), root);
    if (!box.width) continue;
    if (line && Math.abs(line.y - box.y) < box.height / 2) {
      line.text += character;
      const end = Math.max(line.x + line.width, box.x + box.width);
      line.x = Math.min(line.x, box.x);
      line.width = end - line.x;
    } else lines.push(line = { ...box, text: character });
  }
  const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  for (const each of lines) {
    if (within(each, clip)) yield { ...each, font, colour: style.color, alpha };
  }
}

function boxOf(rect, root) {
  const from = root.getBoundingClientRect();
  const { left, top, width, height } = rect;
  return { x: left - from.left, y: top - from.top, width, height };
}

/** Whether the middle of a box can be seen in the frame that cuts it off. */
function within({ x, y, width, height }, clip) {
  if (!clip) return true;
  const [across, down] = [x + width / 2 - clip.x, y + height / 2 - clip.y];
  return across >= 0 && across <= clip.width && down >= 0 && down <= clip.height;
}

function isShown(canvas) {
  return canvas.getClientRects().length > 0 && !canvas.closest(".unsaved");
}

/** Where a canvas lies. One that is larger than its frame is shown whole, as if never scrolled. */
function placeOf(canvas, root) {
  const box = boxOf(canvas.getBoundingClientRect(), root);
  const frame = canvas.parentElement;
  const whole = canvas.offsetWidth > frame.clientWidth || canvas.offsetHeight > frame.clientHeight;
  if (!whole) return box;
  return { ...box, x: box.x + frame.scrollLeft, y: box.y + frame.scrollTop };
}

// ---- painting it

function paintBox(pen, { x, y, width, height, alpha, fill, colours, hatched, ...rest }) {
  const { border, edge, dashed, radius } = rest;
  const inset = border / 2;
  const shape = () => {
    pen.beginPath();
    const inner = Math.max(0, radius - inset);
    pen.roundRect(x + inset, y + inset, width - border, height - border, inner);
  };
  pen.globalAlpha = alpha;
  shape();
  if (hatched) pen.fillStyle = hatching(pen, colours[0], 4);
  else if (colours.length) pen.fillStyle = gradient(pen, x, width, colours);
  else pen.fillStyle = fill ?? "transparent";
  if (fill || colours.length) pen.fill();
  if (border) {
    pen.strokeStyle = edge;
    pen.lineWidth = border;
    pen.setLineDash(dashed ? [3 * border, 2 * border] : []);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function gradient(pen, x, width, colours) {
  const made = pen.createLinearGradient(x, 0, x + width, 0);
  colours.forEach((colour, i) => made.addColorStop(i / Math.max(colours.length - 1, 1), colour));
  return made;
}

function paintText(pen, { x, y, height, text, font, colour, alpha }) {
  pen.globalAlpha = alpha;
  pen.font = font;
  pen.fillStyle = colour;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = pen.measureText(text);
  pen.fillText(text.trimEnd(), x, y + (height - above - below) / 2 + above);
  pen.globalAlpha = 1;
}

/** A text broken into lines of `room` pixels, by words where it has them. */
function written(theme, text, size, weight, room) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${weight} ${size}px ${theme.font}`;
  const lines = [];
  for (const piece of text.match(/\s+|\p{sc=Han}|[^\s\p{sc=Han}]+/gu) ?? []) {
    const longer = (lines.at(-1) ?? "") + piece;
    const fits = lines.length && pen.measureText(longer.trimEnd()).width <= room;
    if (fits) lines[lines.length - 1] = longer;
    else lines.push(fitText(pen, piece.trimStart(), room));
  }
  const step = Math.round(size * 1.5);
  return { lines, step, size, font: pen.font, height: lines.length ? lines.length * step + 8 : 0 };
}

function letter(pen, { lines, step, size, font }, left, top, colour) {
  pen.font = font;
  pen.fillStyle = colour;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  lines.forEach((line, i) => pen.fillText(line, left, top + i * step + size));
}
