// What the pen of svg_pen.js draws with: colours, hatchings, gradients, and the definitions that an
// SVG keeps of them.

class SvgInks {
  definitions = [];
  #colours = new Map();
  #hatchings = new Map();
  #pen;

  constructor() {
    const point = document.createElement("canvas");
    point.width = point.height = 1;
    this.#pen = point.getContext("2d", { willReadFrequently: true });
  }

  /** Keep a definition; the reference to it. */
  define(name, attributes, inside) {
    const id = `${name}${this.definitions.length}`;
    this.definitions.push(tag(name, { id, ...attributes }, null, inside));
    return `url(#${id})`;
  }

  /** The ink of a style (a colour, a hatching, a gradient) and its opacity; `at` places points. */
  mix(style, at) {
    if (style.hatching) return [this.#hatched(style), 1];
    if (style.stops) return [this.#graded(style, at), 1];
    return this.colour(style);
  }

  /** Any colour that CSS knows, as [#rrggbb, opacity]. */
  colour(text) {
    if (!this.#colours.has(text)) {
      this.#pen.clearRect(0, 0, 1, 1);
      this.#pen.fillStyle = text;
      this.#pen.fillRect(0, 0, 1, 1);
      const [r, g, b, alpha] = this.#pen.getImageData(0, 0, 1, 1).data;
      this.#colours.set(text, [hex([r, g, b]), alpha / 255]);
    }
    return this.#colours.get(text);
  }

  #hatched({ hatching: colour, gap }) {
    const name = `${colour} ${gap}`;
    if (!this.#hatchings.has(name)) {
      const d = [-gap, 0, gap]
        .map((from) => `M${from - 1} ${gap + 1}L${from + gap + 1} -1`).join("");
      const lines = tag("path", { d, stroke: this.colour(colour)[0], fill: "none" });
      const size = { width: gap, height: gap, patternUnits: "userSpaceOnUse" };
      this.#hatchings.set(name, this.define("pattern", size, lines));
    }
    return this.#hatchings.get(name);
  }

  #graded({ line: [fromX, fromY, toX, toY], stops }, at) {
    const inside = stops.map(([offset, colour]) =>
      tag("stop", { offset: rounded(offset), "stop-color": this.colour(colour)[0] })).join("");
    const [[x1, y1], [x2, y2]] = [at(fromX, fromY), at(toX, toY)];
    const line = { x1, y1, x2, y2, gradientUnits: "userSpaceOnUse" };
    return this.define("linearGradient", line, inside);
  }
}
