// Lengths. A picture is laid out as if the root's type were 16 pixels; where that type is larger, as
// for a projector, the whole picture is. It stands in front of every view's own code.

const USUAL_TYPE = 16;

/** How many CSS pixels a pixel of the layout takes. */
function typeScale() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_TYPE || 1;
}

/** A length of the layout, for a style. */
function rem(length) {
  return `${length / USUAL_TYPE}rem`;
}

/** CSS pixels as a length of the layout. */
function laidOut(pixels) {
  return pixels / typeScale();
}

/** The width that an element has for its layout, in whole pixels of it. */
function roomIn(element) {
  return Math.floor(laidOut(element.clientWidth));
}

/** Where on its element an event happened. */
function offsetIn({ offsetX, offsetY }) {
  return { x: laidOut(offsetX), y: laidOut(offsetY) };
}

/** Where on this element something happened, whatever it happened to. */
function pointOn(element, { clientX, clientY }) {
  const box = element.getBoundingClientRect();
  return { x: laidOut(clientX - box.left), y: laidOut(clientY - box.top) };
}

/**
 * Scroll a frame, and nothing else, until this part of its content is in sight. A side that is not
 * given may lie anywhere.
 */
function revealIn(frame, { left, right, top, bottom }) {
  const scale = typeScale();
  const [wide, high] = [frame.clientWidth / scale, frame.clientHeight / scale];
  const [across, down] = [frame.scrollLeft / scale, frame.scrollTop / scale];
  if (left < across) frame.scrollLeft = left * scale;
  else if (right > across + wide) frame.scrollLeft = (right - wide) * scale;
  if (top < down) frame.scrollTop = top * scale;
  else if (bottom > down + high) frame.scrollTop = (bottom - high) * scale;
}
