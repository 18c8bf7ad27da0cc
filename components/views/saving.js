// The control that saves a view as a PNG, an SVG, or its numbers as a table. It stands in front of the views that draw on
// canvases, and needs nothing but the browser.

const SHARPNESS = 2; // points for each CSS pixel of a PNG, at least
const LARGEST = { side: 16_000, points: 60_000_000 }; // what browsers can hold in a canvas
const ENGLISH = { save: "Save", hint: "Save this picture", png: "Image (PNG)", svg: "Drawing (SVG)" };
const RISKY = /^[=+\-@\t\r]/; // a text that a spreadsheet would take for a formula

furnishings.push(function offerSaving(stage) {
  const control = make("div", "save unsaved");
  const button = make("button", "save-button");
  const menu = make("div", "save-menu");
  button.type = "button";
  button.setAttribute("aria-haspopup", "menu");
  menu.setAttribute("role", "menu");
  const items = { png: menuItem(menu), svg: menuItem(menu) };
  if (stage.view.table) items.csv = menuItem(menu); // a view that has numbers of its own
  control.append(menu, button);
  (stage.root.querySelector(".foot") ?? stage.root).appendChild(control);

  const open = (wanted) => {
    menu.hidden = !wanted;
    button.setAttribute("aria-expanded", String(wanted));
  };
  const close = () => {
    if (control.contains(focusedIn(stage))) button.focus();
    open(false);
  };
  open(false);
  control.onmousedown = (event) => event.preventDefault(); // what the line says stays, to be saved
  button.onclick = ({ detail: clicks }) => {
    open(menu.hidden);
    if (!menu.hidden && !clicks) items.png.focus(); // it was a key
  };
  const choose = (save) => {
    const busy = stage.root.querySelector("[aria-busy=true]"); // a preview, which is not the data
    if (!busy) save(stage);
    close();
  };
  items.png.onclick = () => choose(savePng);
  items.svg.onclick = () => choose(saveSvg);
  if (items.csv) items.csv.onclick = () => choose(saveCsv);
  control.onkeydown = (event) => onSaveKey(event, Object.values(items), focusedIn(stage));
  closeElsewhere(stage, control, close);
  return ({ saving = ENGLISH }) => {
    button.textContent = saving.save;
    button.title = saving.hint;
    menu.setAttribute("aria-label", saving.hint);
    for (const [kind, item] of Object.entries(items)) item.textContent = saving[kind] ?? kind;
  };
});

function focusedIn(stage) {
  return stage.root.getRootNode().activeElement;
}

/** Call `close` when the keyboard or the pointer goes elsewhere, or with Escape. */
function closeElsewhere(stage, control, close) {
  const away = (event) => { if (!event.composedPath().includes(control)) close(); };
  const escape = (event) => { if (event.key === "Escape") close(); };
  const heard = [["pointerdown", away], ["focusin", away], ["keydown", escape]];
  for (const [name, hear] of heard) globalThis.addEventListener(name, hear, true);
  stage.cleanups.push(() => {
    for (const [name, hear] of heard) globalThis.removeEventListener(name, hear, true);
  });
}

function menuItem(menu) {
  const item = make("button", "save-item");
  item.type = "button";
  item.tabIndex = -1;
  item.setAttribute("role", "menuitem");
  menu.appendChild(item);
  return item;
}

function onSaveKey(event, items, focused) {
  const at = items.indexOf(focused);
  if (at < 0) return;
  if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items[(at + items.length - 1) % items.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function savePng(stage) {
  const paper = drawPage(stage, pngPaper);
  paper.canvas.toBlob((blob) => download(blob, fileName(stage, "png")), "image/png");
}

function saveSvg(stage) {
  const paper = drawPage(stage, (width, height) => svgPaper(width, height, stage.theme.font));
  const { title, label, source } = stage.message;
  const text = paper.pen.finish(paper.width, paper.height, title ?? label ?? "", source);
  download(new Blob([text], { type: "image/svg+xml" }), fileName(stage, "svg"));
}

/** The rows that the view answers, as other programs read them; the mark says that it is UTF-8. */
function saveCsv(stage) {
  const rows = stage.view.table().map((row) => row.map(cellOf).join(","));
  const text = `\ufeff${rows.join("\r\n")}\r\n`;
  download(new Blob([text], { type: "text/csv" }), fileName(stage, "csv"));
}

function cellOf(value) {
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  const text = RISKY.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

/** A paper is opened a sheet at a time: a context whose origin lies at (x, y), cut to the sheet. */
function pngPaper(width, height) {
  const wanted = Math.max(SHARPNESS, devicePixelRatio || 1);
  const room = Math.min(LARGEST.side / Math.max(width, height),
    Math.sqrt(LARGEST.points / (width * height)));
  const ratio = Math.min(wanted, room);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.save();
  const sheet = (x, y, wide, high) => {
    context.restore();
    context.save();
    context.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio);
    context.beginPath();
    context.rect(0, 0, wide, high);
    context.clip();
    return context;
  };
  return { width, height, ratio, canvas, sheet };
}

function svgPaper(width, height, family) {
  const pen = new SvgPen(family);
  pen.save();
  const sheet = (x, y, wide, high) => {
    pen.restore();
    pen.save();
    if (x || y || wide < width || high < height) {
      pen.translate(x, y);
      pen.beginPath();
      pen.rect(0, 0, wide, high);
      pen.clip();
    }
    return pen;
  };
  return { width, height, ratio: SHARPNESS, pen, sheet };
}

/** The view's title with nothing in it that a file system could object to. */
function fileName({ message }, ending) {
  const words = (message.title ?? message.label ?? "").match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const name = Array.from(words.join("-")).slice(0, 80).join("");
  return `${name || "picture"}.${ending}`;
}

function download(blob, name) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
