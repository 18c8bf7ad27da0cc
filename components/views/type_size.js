// Sets the size of the root's type. A canvas is lettered in it too: views are told to draw again.

export default function ({ data }) {
  const root = document.documentElement;
  const size = data.pixels ? `${data.pixels}px` : "";
  if (root.style.fontSize === size) return;
  root.style.fontSize = size;
  globalThis.dispatchEvent(new Event("resize"));
}
