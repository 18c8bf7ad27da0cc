// What each layer would predict at each place, the last layer on top: words in cells, whose colour
// is a probability or a rank. A second canvas carries the rings, so that pointing draws little.

const COLOURS = ["first", "answerProbability", "answerRank"]; // what the colours can be

export default function (component) {
  return present(component, buildLens);
}

function buildLens(stage) {
  const bar = make("div", "colours unsaved");
  const body = make("div", "body");
  const rows = make("div", "rows"); // they stay while the grid scrolls
  const frame = make("div", "frame");
  const picture = make("canvas", "picture");
  const rings = make("canvas", "rings");
  const spacer = make("div", "spacer");
  frame.append(picture, rings, spacer);
  body.append(rows, frame);
  stage.root.append(bar, body);
  const line = openLine(stage.root);
  const tops = make("div", "tops");
  const legend = make("div", "legend");
  stage.root.append(tops, legend);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-describedby", "line");
  for (const canvas of [picture, rings]) canvas.setAttribute("aria-hidden", "true");
  const view = {
    stage, bar, rows, frame, picture, rings, spacer, line, tops, legend,
    colour: COLOURS[0], hovered: null, cursor: null, selected: null,
  };
  view.buttons = COLOURS.map((colour) => colourButton(view, colour));
  handleLensPointer(view);
  onSelectionTold(stage, () => view.message?.view, (told) => {
    view.selected = holdsLensCell(view, told) ? told : null;
    changeLens(view);
  });
  return { show: (message) => showLens(view, message), resize: () => layOutLens(view) };
}

function colourButton(view, colour) {
  const button = make("button", "colour-button");
  button.type = "button";
  button.onclick = () => {
    view.colour = colour;
    showColours(view);
    drawLens(view);
  };
  view.bar.appendChild(button);
  return button;
}

function showLens(view, message) {
  if (view.message !== message) {
    view.message = message;
    [view.indices, view.shares, view.answerShares, view.answerRanks] =
      message.arrays.map(({ values }) => values);
    view.count = message.arrays[0].shape[2]; // words at each place
    if (!message.answers) view.colour = COLOURS[0];
    const told = toldSelection(message.view);
    view.selected = holdsLensCell(view, told) ? told : null;
    if (!holdsLensCell(view, view.cursor)) view.cursor = null;
    view.hovered = null;
    view.frame.setAttribute("aria-label", message.label);
    view.line.hint(message.texts.hint);
    view.bar.hidden = !message.answers;
    view.bar.setAttribute("role", "group");
    view.bar.setAttribute("aria-label", message.texts.colours);
    COLOURS.forEach((colour, i) => { view.buttons[i].textContent = message.texts[colour]; });
  }
  showColours(view);
  layOutLens(view);
  describeLens(view);
}

// ---- what is known of a cell

function holdsLensCell({ message }, place) {
  return Boolean(place) && place[0] >= 0 && place[0] < message.layers.length &&
    place[1] >= 0 && place[1] < message.places.length;
}

/** The likeliest words of a cell, with their probabilities, and the answer's numbers if any. */
function readCell({ message, indices, shares, answerShares, answerRanks, count }, [layer, place]) {
  const cell = layer * message.places.length + place;
  const from = cell * count;
  const top = Array.from({ length: count }, (_, i) => ({
    text: message.words[indices[from + i]],
    share: shares[from + i],
  }));
  if (!message.answers) return { top, answer: null };
  const text = message.answers[place];
  return { top, answer: { text, share: answerShares[cell], rank: answerRanks[cell] } };
}

/** What a cell shows: its first word, its place on the colours, and whether the answer leads. */
function faceOf(view, layer, place) {
  const { message, indices, shares, answerShares, answerRanks, count, colour } = view;
  const cell = layer * message.places.length + place;
  const value = {
    first: () => shares[cell * count],
    answerProbability: () => answerShares[cell],
    answerRank: () => 1 - Math.log10(answerRanks[cell]) / view.decades,
  }[colour]();
  return {
    text: message.words[indices[cell * count]],
    value: Math.min(1, Math.max(0, value)),
    leads: Boolean(message.answers) && answerRanks[cell] === 1,
  };
}

// ---- colours and legend

function showColours(view) {
  const { message, legend, buttons, colour, answerRanks } = view;
  const { texts } = message;
  buttons.forEach((button, i) => {
    button.setAttribute("aria-pressed", String(COLOURS[i] === colour));
  });
  let largest = 10;
  if (message.answers) for (const rank of answerRanks) largest = Math.max(largest, rank);
  view.decades = Math.ceil(Math.log10(largest));
  const ranked = colour === "answerRank";
  const caption = colour === "first" ? texts.probability : texts[colour];
  const ticks = ranked ? rankTicks(view.decades)
    : [0, 0.5, 1].map((at) => ({ at, text: String(at) }));
  legend.replaceChildren(scaleLegend(caption, ticks));
  if (message.answers) legend.appendChild(swatchLegend("leads", texts.leads));
}

/** Powers of ten from the largest rank down to 1; every second one where there are many. */
function rankTicks(decades) {
  const ticks = [];
  for (let power = 0; power <= decades; power += decades > 3 ? 2 : 1) {
    const text = power < 3 ? String(10 ** power) : `${10 ** (power - 3)}k`;
    ticks.unshift({ at: 1 - power / decades, text });
  }
  return ticks;
}
