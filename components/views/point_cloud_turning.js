// How a cloud is turned, and walked over with keys. A part of point_cloud.js.

const TURN = { pixel: 0.01, key: 0.15, least: 4 };

function gripCloud(view, event) {
  view.grip = { ...offsetIn(event), turn: [...view.turn], moved: false };
  if (view.message?.dims === 3 && event.pointerType !== "touch") {
    view.picture.setPointerCapture(event.pointerId);
  }
}

function onCloudMove(view, event) {
  const { grip } = view;
  if (!view.message) return;
  if (!grip || !event.buttons) { pointAtPoint(view, nearestPoint(view, event)); return; }
  const { x, y } = offsetIn(event);
  const [byX, byY] = [x - grip.x, y - grip.y];
  if (Math.hypot(byX, byY) > TURN.least) grip.moved = true;
  // A finger scrolls the page, which takes the pointer away after the first move.
  if (view.message.dims !== 3 || !grip.moved || event.pointerType === "touch") return;
  view.picture.classList.add("turning");
  turnTo(view, grip.turn[0] + byX * TURN.pixel, grip.turn[1] + byY * TURN.pixel);
}

function releaseCloud(view, event) {
  const moved = view.grip?.moved;
  view.grip = null;
  view.picture.classList.remove("turning");
  if (!moved) choosePoint(view, nearestPoint(view, event));
}

function turnTo(view, around, over) {
  view.turn = [around, Math.max(-Math.PI / 2, Math.min(Math.PI / 2, over))];
  drawCloud(view);
}

function onCloudKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const { turn: [around, over], message: { labels, dims } } = view;
  const at = view.cursor ?? view.selected ?? 0;
  const turns = dims === 3 && event.shiftKey;
  const to = (step) => () => { view.cursor = (at + step + labels.length) % labels.length; };
  const act = {
    ArrowLeft: turns ? () => turnTo(view, around - TURN.key, over) : to(-1),
    ArrowRight: turns ? () => turnTo(view, around + TURN.key, over) : to(1),
    ArrowUp: turns ? () => turnTo(view, around, over - TURN.key) : to(-1),
    ArrowDown: turns ? () => turnTo(view, around, over + TURN.key) : to(1),
    Home: () => { view.cursor = 0; },
    End: () => { view.cursor = labels.length - 1; },
    Enter: () => choosePoint(view, at),
  }[event.key];
  if (!act) return;
  view.hovered = null;
  act();
  changeCloud(view);
  event.preventDefault();
  event.stopPropagation();
}
