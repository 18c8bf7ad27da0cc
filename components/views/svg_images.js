// Images as the pen of svg_pen.js writes them: a few cells as squares, many as one sharp image.

const FEW_CELLS = 1600; // so many points are written as squares, more of them as an image
const LARGEST_IMAGE = 2400; // points a side, when an image is enlarged for viewers that smooth it

/** The points of a canvas, colour by colour: [[#rrggbb, opacity], [[row, from, to], ...]]. */
function sameColours(image) {
  const { width: columns, height: rows } = image;
  const pixels = new Uint32Array(
    image.getContext("2d").getImageData(0, 0, columns, rows).data.buffer);
  const runs = new Map();
  for (let row = 0; row < rows; row++) {
    for (let from = 0, to; from < columns; from = to) {
      const colour = pixels[row * columns + from];
      for (to = from + 1; to < columns && pixels[row * columns + to] === colour;) to++;
      if (!runs.has(colour)) runs.set(colour, []);
      runs.get(colour).push([row, from, to]);
    }
  }
  return [...runs].filter(([colour]) => colour >>> 24)
    .map(([colour, places]) => [[hex(channels(colour)), (colour >>> 24) / 255], places]);
}

/** A canvas with its points in whole multiples, until it is about `width` wide. */
function magnified(image, width) {
  const most = Math.floor(LARGEST_IMAGE / Math.max(image.width, image.height));
  const factor = Math.max(1, Math.min(Math.ceil(width / image.width), most));
  const copy = document.createElement("canvas");
  copy.width = image.width * factor;
  copy.height = image.height * factor;
  const pen = copy.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, copy.width, copy.height);
  return copy;
}
