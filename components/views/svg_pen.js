// A pen that writes SVG: as much of the canvas context as the views use, so that the code which
// draws a picture on the screen writes it as shapes and text as well. Part of saving.js.

// Where the font of the page is missing: before the Chinese fonts, whose Latin letters are wide.
const SUBSTITUTES = '"Source Sans", "Source Sans 3", "Segoe UI", "Helvetica Neue", Arial';

class SvgPen extends SvgPath {
  fillStyle = "#000000";
  strokeStyle = "#000000";
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  lineDashOffset = 0;
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";
  imageSmoothingEnabled = true;
  dashes = [];
  clipping = null;

  #family; // the font of the whole picture, which is written once
  #ruler = document.createElement("canvas").getContext("2d");
  #inks = new SvgInks();
  #parts = [];
  #saved = [];

  constructor(family) {
    super();
    this.#ruler.font = `10px ${family}`;
    this.#family = fontParts(this.#ruler.font).family;
  }

  /** The whole picture, `width` × `height`. */
  finish(width, height, title, description) {
    const inside = [
      tag("title", {}, title),
      description ? tag("desc", {}, description) : "",
      `<defs>${this.#inks.definitions.join("")}</defs>`,
      ...this.#parts,
    ];
    const size = { width, height, viewBox: `0 0 ${width} ${height}` };
    const namespace = { xmlns: "http://www.w3.org/2000/svg" };
    const family = `${SUBSTITUTES}, ${this.#family}`;
    const open = tag("svg", { ...namespace, ...size, role: "img", "font-family": family });
    const start = `<?xml version="1.0" encoding="UTF-8"?>\n${open.slice(0, -2)}>`;
    return `${start}${inside.join("\n")}</svg>\n`;
  }

  // ---- state

  save() {
    const { path, matrix, dashes, ...rest } = this; // the path is no part of the state
    this.#saved.push({ ...rest, matrix: [...matrix], dashes: [...dashes] });
  }

  restore() {
    Object.assign(this, this.#saved.pop());
  }

  setLineDash(dashes) { this.dashes = [...dashes]; }
  getLineDash() { return [...this.dashes]; }

  // ---- shapes, letters, images

  fill() { this.#write("path", { d: this.path.join(""), ...this.#filled() }); }
  stroke() { this.#write("path", { d: this.path.join(""), fill: "none", ...this.#stroked() }); }

  clip() {
    const shape = tag("path", { d: this.path.join("") });
    this.clipping = this.#inks.define("clipPath", { "clip-path": this.clipping }, shape);
  }

  clearRect() {} // the paper is empty

  fillRect(x, y, width, height) {
    this.#write(...this.#box(x, y, width, height, this.#filled()));
  }

  strokeRect(x, y, width, height) {
    this.#write(...this.#box(x, y, width, height, { fill: "none", ...this.#stroked() }));
  }

  measureText(text) {
    this.#ruler.font = this.font;
    return this.#ruler.measureText(text);
  }

  fillText(text, x, y) {
    const shown = printable(String(text));
    if (!shown.trim()) return;
    const backwards = startsBackwards(shown);
    const side = { right: "end", end: "end", center: "middle" }[this.textAlign] ?? "start";
    const anchor = backwards ? { start: "end", end: "start" }[side] ?? side : side;
    const level = y + this.#toBaseline();
    const place = this.turned() ? `${rounded(x)} ${rounded(level)}` : this.at(x, level);
    const [left, top] = place.split(" ");
    const { size, weight, family } = fontParts(this.#ruler.font);
    this.#write("text", {
      x: left,
      y: top,
      transform: this.turned(),
      "font-size": size,
      "font-weight": weight === "400" ? null : weight,
      "font-family": family === this.#family ? null : family,
      "text-anchor": anchor === "start" ? null : anchor,
      direction: backwards ? "rtl" : null,
      // Where this font is missing, another one must not run into what stands beside it.
      textLength: rounded(this.measureText(shown).width),
      lengthAdjust: "spacingAndGlyphs",
      style: "white-space:pre",
      ...this.#filled(),
    }, shown);
  }

  drawImage(image, x, y, width = image.width, height = image.height) {
    if (!image.width || !image.height) return;
    if (image.width * image.height <= FEW_CELLS) this.#squares(image, x, y, width, height);
    else this.#embed(image, x, y, width, height);
  }

  createLinearGradient(...line) {
    const stops = [];
    return { line, stops, addColorStop: (at, colour) => stops.push([at, colour]) };
  }

  hatching(colour, gap) { return { hatching: colour, gap }; }

  // ---- how it is written

  #box(x, y, width, height, paint) {
    if (this.turned()) {
      const before = this.path;
      this.path = [];
      this.rect(x, y, width, height);
      const d = this.path.join("");
      this.path = before;
      return ["path", { d, ...paint }];
    }
    const [left, top] = this.at(Math.min(x, x + width), Math.min(y, y + height)).split(" ");
    const size = { width: rounded(Math.abs(width)), height: rounded(Math.abs(height)) };
    return ["rect", { x: left, y: top, ...size, ...paint }];
  }

  #squares(image, x, y, width, height) {
    const [wide, high] = [width / image.width, height / image.height];
    for (const [[fill, alpha], runs] of sameColours(image)) {
      const corner = (column, row) => this.at(x + column * wide, y + row * high);
      const square = ([row, from, to]) => `M${corner(from, row)}L${corner(to, row)}` +
        `L${corner(to, row + 1)}L${corner(from, row + 1)}Z`;
      this.#write("path", { d: runs.map(square).join(""), fill, "fill-opacity": this.#share(alpha),
        "shape-rendering": "crispEdges" });
    }
  }

  #embed(image, x, y, width, height) {
    const [left, top] = this.turned() ? [x, y] : this.at(x, y).split(" ");
    this.#write("image", {
      x: left,
      y: top,
      width: rounded(width),
      height: rounded(height),
      transform: this.turned(),
      opacity: this.#share(1),
      preserveAspectRatio: "none",
      style: "image-rendering:optimizeSpeed;image-rendering:pixelated",
      href: magnified(image, 2 * width).toDataURL("image/png"),
    });
  }

  #write(name, attributes, text = null) {
    const cut = { "clip-path": this.clipping };
    this.#parts.push(!this.clipping || !attributes.transform
      ? tag(name, { ...attributes, ...cut }, text)
      : tag("g", cut, null, tag(name, attributes, text))); // it would be turned as well
  }

  /** An opacity as an attribute; null, which is none, where it is whole. */
  #share(alpha) {
    const share = alpha * this.globalAlpha;
    return share < 1 ? rounded(share) : null;
  }

  #paint(style) {
    const [ink, alpha] = this.#inks.mix(style, (x, y) => this.at(x, y).split(" "));
    return [ink, this.#share(alpha)];
  }

  #filled() {
    const [fill, opacity] = this.#paint(this.fillStyle);
    return { fill, "fill-opacity": opacity };
  }

  #stroked() {
    const [stroke, opacity] = this.#paint(this.strokeStyle);
    const factor = this.factor();
    const dashes = this.dashes.map((dash) => rounded(dash * factor)).join(" ");
    return {
      stroke,
      "stroke-opacity": opacity,
      "stroke-width": rounded(this.lineWidth * factor),
      "stroke-linecap": this.lineCap === "butt" ? null : this.lineCap,
      "stroke-linejoin": this.lineJoin === "miter" ? null : this.lineJoin,
      "stroke-dasharray": dashes || null,
      "stroke-dashoffset": this.lineDashOffset ? rounded(this.lineDashOffset * factor) : null,
    };
  }

  /** How far below `y` the letters stand: many viewers know the alphabetic baseline only. */
  #toBaseline() {
    this.#ruler.font = this.font;
    const above = (baseline) => {
      this.#ruler.textBaseline = baseline;
      return this.#ruler.measureText("x").fontBoundingBoxAscent;
    };
    return above("alphabetic") - above(this.textBaseline);
  }
}
