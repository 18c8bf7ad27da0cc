// Going through a timeline: mouse, fingers and keys. A part of timeline.js.

const QUIET = 160; // ms; while an arrow key is held down the page is asked no more often

function handleMoves(view) {
  const { frame } = view;
  const placeOfEvent = (event) => {
    const tile = event.target.closest?.(".tile:not(.slot)");
    return tile ? placeOf(view, tile) : null;
  };
  frame.onclick = (event) => {
    const place = placeOfEvent(event);
    if (!place) return;
    selectStep(view, place);
    focusTile(view, place);
    askFor(view, place, 0);
  };
  frame.onpointerover = (event) => {
    if (event.pointerType === "touch") return; // a finger scrolls; a tap is a click
    view.hovered = placeOfEvent(event);
    describeStep(view);
  };
  frame.onpointerleave = () => { view.hovered = null; describeStep(view); };
  frame.addEventListener("focusin", (event) => {
    view.cursor = placeOfEvent(event);
    view.hovered = null;
    describeStep(view);
  });
  frame.addEventListener("focusout", () => requestAnimationFrame(() => describeStep(view)));
  frame.onkeydown = (event) => onTimelineKey(view, event);
}

/** The place of a tile. What stood there first belongs to where the reader's branch starts. */
function placeOf(view, { dataset: { branch, step } }) {
  if (Number(step) < 0) return pathTo(view, view.tip)[0];
  return [Number(branch), Number(step)];
}

function focusedPlace(view) {
  const tile = view.stage.root.getRootNode().activeElement?.closest(".tile:not(.slot)");
  return tile && view.frame.contains(tile) && view.plan ? placeOf(view, tile) : null;
}

function focusTile(view, place) {
  const tile = tileAt(view, place);
  if (!tile) return;
  tile.focus({ preventScroll: true });
  revealTile(view, place);
}

/** Scroll the frame, and nothing else, so that a tile and a part of its neighbours are in sight. */
function revealTile(view, place) {
  const { frame, message } = view;
  const tile = tileAt(view, place);
  if (!tile || !message) return;
  const left = laidOut(tile.offsetLeft);
  const top = laidOut(tile.parentElement.offsetTop);
  revealIn(frame, {
    left: left - TILE.wide / 2,
    right: left + 1.5 * TILE.wide,
    top: top - TILE.edge,
    bottom: top + laidOut(tile.parentElement.offsetHeight) + TILE.edge,
  });
}

/** Left and right go along the branch and all it comes from; up and down to another branch. */
function onTimelineKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const here = focusedPlace(view);
  if (!here) return;
  const path = pathTo(view, view.tip);
  const at = path.findIndex((place) => samePlace(place, here));
  const moves = {
    ArrowLeft: () => path[Math.max(at - 1, 0)],
    ArrowRight: () => path[Math.min(at + 1, path.length - 1)],
    ArrowUp: () => inOtherRow(view, here, -1),
    ArrowDown: () => inOtherRow(view, here, 1),
    Home: () => path[0],
    End: () => path.at(-1),
    Enter: () => here,
    " ": () => here,
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  const place = moves[event.key]();
  const decided = event.key === "Enter" || event.key === " ";
  const stays = samePlace(place, view.selected) && !decided;
  if (!stays) selectStep(view, place);
  focusTile(view, place);
  if (!stays) askFor(view, place, decided ? 0 : QUIET);
}

/** The nearest step of the next branch in this direction that has one. */
function inOtherRow({ plan }, [branch, step], direction) {
  const column = plan[branch].column + step;
  for (let row = plan[branch].row + direction; plan[row]; row += direction) {
    const other = plan.find((each) => each.row === row);
    if (!other.count) continue;
    const nearest = Math.min(Math.max(column - other.column, 0), other.count - 1);
    return [other.index, nearest];
  }
  return [branch, step];
}

/** Tell the page where the reader went: at once, or when a held key has paused. */
function askFor(view, place, pause) {
  clearTimeout(view.sending);
  const send = () => {
    view.sentAt = performance.now();
    view.stage.answer("selected", place);
  };
  const since = performance.now() - (view.sentAt ?? -Infinity);
  if (since >= pause) send();
  else view.sending = setTimeout(send, pause);
}
