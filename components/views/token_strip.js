// A row of token chips. DOM, not canvas: text must wrap, select and read aloud.

const SIGNS = { "\n": "↵", "\t": "→", "\r": "␍", " ": "␣", "\u00a0": "␣", "\u3000": "␣" };

export default function (component) {
  return present(component, buildStrip);
}

function buildStrip(stage) {
  const strip = make("div", "strip");
  stage.root.appendChild(strip);
  const line = openLine(stage.root);
  const legend = make("div", "legend");
  stage.root.appendChild(legend);
  const view = { strip, line, legend, chips: [], message: null, focused: 0, selected: null };

  const chipOf = (event) => {
    const chip = event.target.closest?.(".chip");
    return chip ? Number(chip.dataset.index) : null;
  };
  strip.onpointerover = (event) => describe(view, chipOf(event));
  strip.onpointerleave = () => describe(view, null);
  strip.addEventListener("focusin", (event) => {
    stopAt(view, chipOf(event) ?? 0);
    describe(view, view.focused);
  });
  strip.addEventListener("focusout", () => describe(view, null));
  strip.onclick = (event) => { if (chipOf(event) !== null) choose(stage, view, chipOf(event)); };
  strip.onkeydown = (event) => onStripKey(stage, view, event);

  return {
    show: (message) => showStrip(stage, view, message),
    resize: () => {},
  };
}

function showStrip(stage, view, message) {
  const { strip } = view;
  strip.classList.toggle("compact", message.compact);
  strip.setAttribute("role", message.selectable ? "listbox" : "list");
  strip.setAttribute("aria-label", message.label);
  if (message.selectable) strip.setAttribute("aria-orientation", "horizontal");
  const content = JSON.stringify({ ...message, selected: null });
  if (view.content !== content || view.theme !== stage.theme.background) {
    view.content = content;
    view.theme = stage.theme.background;
    const held = focusedChip(stage, view);
    view.chips = message.text.map((_, index) => makeChip(stage, message, index));
    strip.replaceChildren(...view.chips);
    if (view.chips[held]) focusChip(view, held); // who masks chips by keyboard goes on from there
  }
  // Who moves on by keyboard while the page still runs is not thrown back to what was chosen before.
  const goes = message.selected !== view.message?.selected && focusedChip(stage, view) === null;
  view.message = message;
  if (goes) view.focused = message.selected ?? view.focused;
  view.focused = Math.min(view.focused, Math.max(view.chips.length - 1, 0));
  stopAt(view, view.focused);
  markSelected(view, message.selected);
  view.line.hint(message.texts.hint);
  describe(view, focusedChip(stage, view));
  view.legend.replaceChildren();
  if (message.valueLabel && message.legend) {
    const ticks = [0, 0.5, 1].map((at) => ({ at, text: String(at) }));
    view.legend.appendChild(scaleLegend(message.valueLabel, ticks));
  }
  const marks = message.legend ? Object.entries(message.texts.mark) : [];
  for (const [mark, text] of marks) {
    if (message.mark.includes(mark)) view.legend.appendChild(swatchLegend(mark, text));
  }
}

function makeChip(stage, message, index) {
  const chip = make("span", `chip ${message.kind[index]}`);
  const part = message.kind[index] === "part";
  const text = message.text[index] || (part ? "" : message.piece[index]);
  const joined = Boolean(message.continues[index]);
  chip.dataset.index = index;
  chip.tabIndex = -1;
  chip.setAttribute("role", message.selectable ? "option" : "listitem");
  chip.classList.toggle("joined", joined);
  chip.classList.toggle("before-joined", Boolean(message.continues[index + 1]));
  chip.classList.toggle("choosable", message.selectable);
  if (message.mark[index]) chip.classList.add(message.mark[index]);
  chip.setAttribute("aria-label", chipWords(message, index));
  chip.appendChild(chipFace(message, index, text));
  if (message.value[index] !== null) tint(stage, chip, message.value[index]);
  if (message.tag) addTag(stage, chip, message.tag[index], message.colour[index]);
  return chip;
}

/** What a word is, in words behind it and as a colour of the whole chip. */
function addTag(stage, chip, tag, colour) {
  if (tag) chip.appendChild(make("span", "tag", tag));
  if (colour === null) return;
  const colours = stage.theme.categorical;
  const own = colours[colour % colours.length];
  const ground = parseColour(stage.theme.background);
  chip.style.background = css(mix(ground, own, 0.2));
  chip.style.borderColor = css(mix(ground, own, 0.7));
}

/** What stands on the chip: the text without its outer spaces, signs for what cannot be seen. */
function chipFace(message, index, text) {
  const face = make("bdi", "face");
  face.dir = "auto";
  if (!text) {
    const first = message.text[index - 1] || !index; // say it once in a row of parts
    face.textContent = first ? message.texts.part : "·";
    face.classList.add("sign");
    return face;
  }
  const seen = text.trim() ? text.replace(/^ | $/g, "") : text;
  let plain = "";
  const flush = () => { if (plain) face.append(plain); plain = ""; };
  for (const character of seen) {
    const blank = !text.trim() || character === "\n" || character === "\t" || character === "\r";
    if (!blank || !SIGNS[character]) { plain += character; continue; }
    flush();
    face.appendChild(make("span", "sign", SIGNS[character]));
  }
  flush();
  return face;
}

function tint(stage, chip, value) {
  const entry = stage.theme.scale[Math.round(value * 1000)];
  chip.style.background = css(channels(entry));
  chip.style.color = inkOn(stage.theme, entry);
}

/** The chip that has the keyboard, so that a rerun does not take its description away. */
function focusedChip(stage, view) {
  const index = view.chips.indexOf(stage.root.getRootNode().activeElement);
  return index < 0 ? null : index;
}

function chipWords(message, index) {
  const kind = message.texts.kind[message.kind[index]];
  const mark = message.texts.mark[message.mark[index]];
  const text = message.text[index].trim() || message.piece[index];
  return [text, message.tag?.[index], kind, mark].filter(Boolean).join(", ");
}

function describe(view, index) {
  const { message, line } = view;
  if (index === null || !message) { line.say(); return; }
  const { texts } = message;
  const labelled = (name, value, strong) => {
    const part = make("span");
    part.appendChild(make("span", "detail", `${name} `));
    const shown = isolated(String(value));
    if (strong) shown.className = "value";
    part.appendChild(shown);
    return part;
  };
  const kind = texts.kind[message.kind[index]];
  const mark = texts.mark[message.mark[index]];
  const value = message.value[index];
  line.say(
    message.words
      ? labelled("", message.text[index], true)
      : labelled(texts.piece, message.piece[index], true),
    !message.words && labelled(texts.id, message.id[index]),
    value !== null && labelled(message.valueLabel, value.toFixed(3), true),
    ...message.details[index].map(([name, text]) => labelled(name, text)),
    kind && make("span", "detail", kind),
    mark && make("span", "detail", mark),
  );
}

function choose(stage, view, index) {
  focusChip(view, index);
  describe(view, index);
  if (!view.message.selectable) return;
  markSelected(view, index);
  stage.answer("selected", index);
}

function markSelected(view, selected) {
  view.selected = selected;
  view.chips.forEach((chip, index) => {
    chip.classList.toggle("selected", index === selected);
    if (view.message.selectable) chip.setAttribute("aria-selected", String(index === selected));
  });
}

/** Make one chip the strip's only stop of the Tab key. */
function stopAt(view, index) {
  view.focused = index;
  view.chips.forEach((chip, at) => { chip.tabIndex = at === index ? 0 : -1; });
}

function focusChip(view, index) {
  stopAt(view, index);
  view.chips[index].focus({ preventScroll: false });
}

function onStripKey(stage, view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const last = view.chips.length - 1;
  const at = view.focused;
  const moves = {
    ArrowLeft: () => Math.max(at - 1, 0),
    ArrowRight: () => Math.min(at + 1, last),
    ArrowUp: () => chipInRow(view, at, -1),
    ArrowDown: () => chipInRow(view, at, 1),
    Home: () => 0,
    End: () => last,
  };
  if (moves[event.key]) focusChip(view, moves[event.key]());
  else if (event.key === "Enter" || event.key === " ") choose(stage, view, at);
  else return;
  event.preventDefault();
}

/** The chip that lies nearest above (-1) or below (1), or the same where there is no such row. */
function chipInRow(view, from, direction) {
  const here = view.chips[from];
  const centre = here.offsetLeft + here.offsetWidth / 2;
  let best = from;
  let row = null;
  let nearest = Infinity;
  for (let i = from + direction; view.chips[i]; i += direction) {
    const chip = view.chips[i];
    if (Math.abs(chip.offsetTop - here.offsetTop) < 4) continue;
    row ??= chip.offsetTop;
    if (Math.abs(chip.offsetTop - row) >= 4) break;
    const distance = Math.abs(chip.offsetLeft + chip.offsetWidth / 2 - centre);
    if (distance < nearest) [nearest, best] = [distance, i];
  }
  return best;
}
