// The colours of the theme, as text and as pixels. It stands in front of every view's own code.

function readTheme(root) {
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const steps = value("chart-sequential-colors").split(",").map(parseColour);
  const background = parseColour(value("background-color"));
  const text = parseColour(value("text-color"));
  return {
    font: style.fontFamily,
    background: css(background),
    text: css(text),
    muted: css(mix(background, text, 0.68)),
    grey: css(mix(background, text, 0.2)),
    line: css(mix(background, text, 0.14)),
    hatch: css(mix(background, text, 0.26)),
    primary: value("primary-color"),
    ring: value("orange-color"),
    scale: scaleTable(steps),
    diverging: value("chart-diverging-colors").split(",").map(parseColour),
    categorical: value("chart-categorical-colors").split(",").map(parseColour),
  };
}

function parseColour(text) {
  const hex = text.trim().replace("#", "");
  if (/^[0-9a-f]{6}$/i.test(hex)) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return (text.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);
}

function mix(one, other, share) {
  return one.map((channel, i) => Math.round(channel + (other[i] - channel) * share));
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}

/** The scale at 1001 even places from 0 to 1, as opaque pixels (little-endian RGBA). */
function scaleTable(steps) {
  const table = new Uint32Array(1001);
  for (let i = 0; i <= 1000; i++) {
    const place = (i / 1000) * (steps.length - 1);
    const below = Math.min(Math.floor(place), steps.length - 2);
    const [r, g, b] = mix(steps[below], steps[below + 1], place - below);
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return table;
}

/** Blue to orange from -1 to 1 at 2001 even places, as `scaleTable`; the middle is the background. */
function divergingTable(theme) {
  const half = theme.diverging.length / 2;
  const zero = parseColour(theme.background);
  const less = scaleTable([...theme.diverging.slice(0, half), zero]);
  const more = scaleTable([zero, ...theme.diverging.slice(half)]);
  const table = new Uint32Array(2001);
  table.set(less);
  table.set(more, 1000);
  return table;
}

function pixel(colour) {
  const [r, g, b] = parseColour(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** The red, green and blue of a pixel. */
function channels(entry) {
  return [entry & 255, (entry >> 8) & 255, (entry >> 16) & 255];
}

/** A table of colours as a CSS background, from left to right. */
function gradientOf(table) {
  const place = (_, i) => css(channels(table[Math.round((i / 20) * (table.length - 1))]));
  return `linear-gradient(to right, ${Array.from({ length: 21 }, place).join(", ")})`;
}

/** The text colour or the background colour, whichever can be read on this pixel. */
function inkOn(theme, entry) {
  const under = lightness(channels(entry));
  const distance = (ink) => Math.abs(lightness(parseColour(ink)) - under);
  return distance(theme.text) >= distance(theme.background) ? theme.text : theme.background;
}

/** Perceived lightness from 0 to 1. */
function lightness(colour) {
  const [r, g, b] = colour.map((channel) => (channel / 255) ** 2.2);
  return Math.sqrt(0.2126 * r + 0.7152 * g + 0.0722 * b);
}
