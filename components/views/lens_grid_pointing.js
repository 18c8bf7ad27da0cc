// Pointing at the cells of a lens grid, choosing one, and what is said of it. A part of
// lens_grid.js.

const WORD_ROOM = 104; // pixels for a word in the list below

function handleLensPointer(view) {
  const { bar, frame, rings, stage } = view;
  bar.onmousedown = (event) => event.preventDefault(); // what was read last stays
  let pointer = null; // where it rests, for the cells that scroll under it
  rings.onpointermove = (event) => {
    pointer = event.pointerType === "touch" ? null : event;
    pointAtLens(view, lensCellAt(view, event));
  };
  rings.onpointerleave = (event) => {
    pointer = null;
    if (event.pointerType !== "touch") pointAtLens(view, null);
  };
  rings.onclick = (event) => chooseLens(view, lensCellAt(view, event));
  frame.onkeydown = (event) => onLensKey(view, event);
  frame.onfocus = () => {
    if (!frame.matches(":focus-visible")) return; // it was the pointer
    view.cursor ??= startingCell(view);
    changeLens(view);
  };
  frame.onblur = () => { view.cursor = null; pointAtLens(view, null); };
  let waiting = 0;
  frame.onscroll = () => {
    if (!view.plot?.windowed) return;
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      view.from = laidOut(frame.scrollLeft);
      if (pointer && view.hovered) pointAtLens(view, lensCellAt(view, pointer));
      drawLens(view);
    });
  };
  stage.cleanups.push(() => cancelAnimationFrame(waiting));
}

/** Where reading begins: at what is selected, or what the last layer says of the first place. */
function startingCell({ message, selected }) {
  return selected ?? [message.layers.length - 1, 0];
}

function pointAtLens(view, place) {
  if (!view.message || (place && String(place) === String(view.hovered))) return;
  view.hovered = place;
  view.rings.style.cursor = place && view.message.selectable ? "pointer" : "default";
  changeLens(view);
}

function changeLens(view) {
  if (!view.message || !view.plot) return;
  describeLens(view);
  drawLensRings(view);
}

function chooseLens(view, place) {
  if (!place) return;
  view.cursor = place;
  if (view.message.selectable) {
    view.selected = place;
    view.stage.answer("selected", place);
  }
  changeLens(view);
}

function onLensKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.message) return;
  const { layers, places } = view.message;
  const [layer, place] = view.cursor ?? startingCell(view);
  const to = {
    ArrowUp: [layer + 1, place],
    ArrowDown: [layer - 1, place],
    ArrowLeft: [layer, place - 1],
    ArrowRight: [layer, place + 1],
    Home: [layer, 0],
    End: [layer, places.length - 1],
  }[event.key];
  if (to) {
    const within = (number, count) => Math.min(Math.max(number, 0), count - 1);
    view.cursor = [within(to[0], layers.length), within(to[1], places.length)];
    view.hovered = null;
    revealPlace(view, view.cursor[1]);
    changeLens(view);
  } else if (event.key === "Enter" || event.key === " ") chooseLens(view, [layer, place]);
  else return;
  event.preventDefault();
}

// ---- what is said

function describeLens(view) {
  const { message, line } = view;
  const shown = view.hovered ?? view.cursor;
  listWords(view, shown ?? startingCell(view));
  if (!shown) { line.say(); return; }
  const { top: [first], answer } = readCell(view, shown);
  line.say(
    ...namesOf(view, shown),
    saidToken(first.text),
    spellExactly(first.share),
    answer && labelled(message.texts.answer, visibleToken(answer.text), true),
    answer && spellExactly(answer.share),
    answer && labelled(message.texts.rank, String(answer.rank)),
  );
}

function namesOf({ message: { layers, places } }, [layer, place]) {
  return [quiet(layers[layer]), quiet(visibleToken(places[place]))];
}

/** All words that are known of a cell, below the line. */
function listWords(view, place) {
  const { top, answer } = readCell(view, place);
  const title = make("div", "tops-title");
  namesOf(view, place).forEach((name, i) => {
    if (i) title.append(" · ");
    title.append(name);
  });
  const list = make("ol", "words");
  const ruler = rulerFor(view.stage, "600 14px");
  top.forEach(({ text, share }, i) => {
    const row = make("li", "word-row");
    const word = make("bdi", "word", fitText(ruler, visibleToken(text), WORD_ROOM));
    word.dir = "auto";
    const answers = answer && answer.rank === i + 1 && answer.text === text;
    row.classList.toggle("answer", Boolean(answers));
    const cell = make("span", "word-cell");
    cell.appendChild(word);
    row.append(cell, shareBar(share), make("span", "share", spellExactly(share)));
    list.appendChild(row);
  });
  view.tops.replaceChildren(title, list);
}
