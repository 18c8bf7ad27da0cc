// A head that was just chosen in a grid, drawn from its thumbnail until its exact weights arrive: a
// click is answered at once, however slow the network. Nothing is read from a preview: it has no
// numbers. A part of attention_head.js.

const PATIENCE = 10_000; // ms; then the page did not change, and the exact head before comes back

function hearPreviews(view) {
  const hear = (event) => showPreview(view, event.detail);
  globalThis.addEventListener("headlight-preview", hear);
  view.stage.cleanups.push(() => {
    globalThis.removeEventListener("headlight-preview", hear);
    clearTimeout(view.patience);
  });
}

function showPreview(view, { from, place, title, side, levels, most }) {
  const exact = view.exact;
  if (!exact?.previewOf.includes(from) || exact.scale === "difference") return;
  clearTimeout(view.patience);
  const [rows, columns] = exact.arrays[0].shape;
  if (exact.place?.join() === place.join() || rows !== columns) {
    showHead(view, exact);
    return;
  }
  const values = enlarged(levels, side, most, rows);
  showHead(view, { ...exact, title, preview: true, arrays: [{ shape: [rows, rows], values }] });
  view.patience = setTimeout(() => showHead(view, view.exact), PATIENCE);
}

/** Levels of square roots, side × side, as thousandths, count × count. */
function enlarged(levels, side, most, count) {
  const thousandths = Uint16Array.from({ length: most + 1 }, (_, level) =>
    Math.round(1000 * (level / most) ** 2));
  const bins = Int32Array.from({ length: count }, (_, place) => Math.floor((place * side) / count));
  const values = new Uint16Array(count * count);
  for (let row = 0, at = 0; row < count; row++) {
    const begin = bins[row] * side;
    for (let column = 0; column < count; column++, at++) {
      values[at] = thousandths[levels[begin + bins[column]]];
    }
  }
  return values;
}
