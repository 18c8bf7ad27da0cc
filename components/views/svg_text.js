// SVG as text: elements, what may stand in them, numbers, fonts. A part of the pen in svg_pen.js.

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// What XML cannot hold: control characters, halves of characters.
const UNPRINTABLE = /[\u0000-\u001f\u007f\ufffe\uffff\p{Surrogate}]/gu;
const ISOLATES = /[\u2066-\u2069]/g;
const BACKWARDS = /^\P{L}*[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}]/u;

/** An element with a text, or with `inside`, which is SVG already; null attributes are left out. */
function tag(name, attributes, text = null, inside = "") {
  const listed = Object.entries(attributes).filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`).join("");
  const content = text === null ? inside : escaped(text);
  return content ? `<${name}${listed}>${content}</${name}>` : `<${name}${listed}/>`;
}

function escaped(text) {
  return visible(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** Control characters as the signs that stand for them. */
function visible(text) {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0);
    if (code === 0x7f) return "␡";
    return code < 32 ? String.fromCodePoint(0x2400 + code) : "\ufffd";
  });
}

/** The text as a canvas draws it: blanks are spaces, and signs of direction have no face. */
function printable(text) {
  return visible(text.replace(/[\t\n\f\r]/g, " ").replace(ISOLATES, ""));
}

function startsBackwards(text) {
  return BACKWARDS.test(text);
}

function fontParts(font) {
  const [, style, size, family] = font.match(/^(.*?)([\d.]+)px(?:\/\S+)? (.*)$/);
  const weight = { bold: "700" }[style.trim()] ?? style.match(/\d+/)?.[0] ?? "400";
  return { size, weight, family };
}

function hex(colour) {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function rounded(value) {
  return Number(Number(value).toFixed(2));
}
