// Where a pen that writes SVG stands, and the paths that it draws, in the coordinates of the page.
// A part of svg_pen.js.

class SvgPath {
  matrix = [1, 0, 0, 1, 0, 0];
  path = [];

  setTransform(a, b, c, d, e, f) { this.matrix = [a, b, c, d, e, f]; }

  transform(a, b, c, d, e, f) {
    const [A, B, C, D, E, F] = this.matrix;
    this.matrix = [
      A * a + C * b, B * a + D * b,
      A * c + C * d, B * c + D * d,
      A * e + C * f + E, B * e + D * f + F,
    ];
  }

  translate(x, y) { this.transform(1, 0, 0, 1, x, y); }
  scale(x, y) { this.transform(x, 0, 0, y, 0, 0); }
  rotate(angle) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.transform(cos, sin, -sin, cos, 0, 0);
  }

  // ---- paths

  beginPath() { this.path = []; }
  closePath() { this.path.push("Z"); }
  moveTo(x, y) { this.path.push(`M${this.at(x, y)}`); }
  lineTo(x, y) { this.path.push(`${this.path.length ? "L" : "M"}${this.at(x, y)}`); }
  quadraticCurveTo(x1, y1, x, y) { this.path.push(`Q${this.at(x1, y1)} ${this.at(x, y)}`); }
  bezierCurveTo(x1, y1, x2, y2, x, y) {
    this.path.push(`C${this.at(x1, y1)} ${this.at(x2, y2)} ${this.at(x, y)}`);
  }

  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  roundRect(x, y, width, height, radius = 0) {
    const r = Math.min(Number(radius) || 0, width / 2, height / 2);
    this.moveTo(x + r, y);
    const corners = [[x + width, y, 0, 1], [x + width, y + height, -1, 0],
      [x, y + height, 0, -1], [x, y, 1, 0]];
    const before = [[-1, 0], [0, -1], [1, 0], [0, 1]];
    corners.forEach(([cx, cy, dx, dy], i) => {
      this.lineTo(cx + before[i][0] * r, cy + before[i][1] * r);
      this.quadraticCurveTo(cx, cy, cx + dx * r, cy + dy * r);
    });
    this.closePath();
  }

  arc(x, y, radius, from, to, against = false) {
    const turn = Math.PI * 2;
    const whole = Math.abs(to - from) >= turn;
    const span = whole ? turn : (((against ? from - to : to - from) % turn) + turn) % turn;
    const on = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    const r = rounded(radius * this.factor());
    this.lineTo(...on(from));
    for (const share of [0.5, 1]) { // a whole circle is no single arc
      const end = on(from + (against ? -span : span) * share);
      this.path.push(`A${r} ${r} 0 0 ${against ? 0 : 1} ${this.at(...end)}`);
    }
  }

  at(x, y) {
    const [a, b, c, d, e, f] = this.matrix;
    return `${rounded(a * x + c * y + e)} ${rounded(b * x + d * y + f)}`;
  }

  factor() {
    const [a, b, c, d] = this.matrix;
    return Math.sqrt(Math.abs(a * d - b * c));
  }

  /** The transform of what is not a path, null where moving is enough. */
  turned() {
    const [a, b, c, d] = this.matrix;
    if (a === 1 && b === 0 && c === 0 && d === 1) return null;
    return `matrix(${this.matrix.map((value) => Number(value.toFixed(5))).join(" ")})`;
  }
}
