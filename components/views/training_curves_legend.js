// The entries under the curves, which hide and show their lines, and the small panels to open. A
// part of training_curves.js.

const SWATCH = [26, 12];

/** Build the legend again where lines or words have changed; else only its marks. */
function showLegend(view) {
  const { message, entries } = view;
  const several = message.runs.length > 1;
  const all = several ? uniqueBy(entries, "key") : entries;
  const isFolded = ({ panel }) =>
    (message.panels[panel]?.small ?? true) && !view.memory.open.has(panel);
  const own = all.filter((entry) => !isFolded(entry));
  const words = [message.texts, message.tickLabel, message.ticks.length > 0, message.panels];
  const lineWords = own.map(({ key, label }) => [key, label]);
  const mark = JSON.stringify([message.view, message.runs, lineWords, all.length, words]);
  if (mark !== view.legendOf) {
    view.legendOf = mark;
    view.swatches = [];
    buildTools(view);
    const runs = several ? [rowOf(message.runs.map((run, place) =>
      entryButton(view, `run ${run.id}`, run.label, { colour: place, dash: place })))] : [];
    const lines = own.map((entry) => entryButton(view, entry.key, entry.label,
      several ? { ...entry, colour: null, dash: 0 } : entry));
    view.legend.replaceChildren(...runs, rowOf(lines));
    if (message.ticks.length && message.tickLabel) {
      view.legend.lastChild.appendChild(tickNote(view));
    }
  }
  for (const { button, key } of view.swatches) {
    if (button) button.setAttribute("aria-pressed", String(!view.memory.hidden.has(key)));
  }
}

function uniqueBy(entries, name) {
  return [...new Map(entries.map((entry) => [entry[name], entry])).values()];
}

function rowOf(parts) {
  const row = make("div", "row");
  row.append(...parts);
  return row;
}

function entryButton(view, key, label, look) {
  const button = make("button", "entry");
  button.type = "button";
  button.title = view.message.texts.hide;
  const canvas = make("canvas");
  const name = make("span", "name");
  name.appendChild(isolated(label));
  button.append(canvas, name);
  button.onclick = () => {
    const { hidden } = view.memory;
    if (!hidden.delete(key)) hidden.add(key);
    showLegend(view);
    drawCurves(view);
  };
  view.swatches.push({ button, canvas, key, look });
  return button;
}

function tickNote(view) {
  const note = make("span", "entry");
  const canvas = make("canvas");
  note.append(canvas, make("span", "name", view.message.tickLabel));
  view.swatches.push({ canvas, tick: true });
  return note;
}

/** Buttons for the small panels that have something to show, and the way back to all steps. */
function buildTools(view) {
  const { message: { panels, texts }, memory, tools, entries } = view;
  const filled = new Set(entries.map(({ panel }) => panel));
  const named = Object.entries(panels).filter(([id, { small }]) => small && filled.has(id));
  const unnamed = [...filled].filter((id) => !panels[id]).map((id) => [id, { label: id }]);
  view.reset = make("button", "tool", texts.all);
  view.reset.type = "button";
  view.reset.hidden = true;
  view.reset.onclick = () => zoomTo(view, null);
  const buttons = [...named, ...unnamed].map(([id, { label }]) => {
    const button = make("button", "tool", label);
    button.type = "button";
    button.dataset.panel = id;
    button.setAttribute("aria-pressed", String(memory.open.has(id)));
    button.onclick = () => {
      if (!memory.open.delete(id)) memory.open.add(id);
      showLegend(view);
      view.tools.querySelector(`[data-panel="${CSS.escape(id)}"]`)?.focus();
      drawCurves(view);
    };
    return button;
  });
  tools.replaceChildren(view.reset, ...buttons);
}

function paintSwatches(view) {
  const inks = inksOf(view);
  const { theme } = view.stage;
  const [wide, high] = SWATCH;
  for (const { canvas, look, tick } of view.swatches) {
    const context = openCanvas(canvas, wide, high);
    if (tick) {
      context.fillStyle = theme.ring;
      paintSign(context, "triangle", [wide / 2, high / 2], 4);
      continue;
    }
    const { colour, dash = 0, raw, bold, sign } = look;
    context.strokeStyle = context.fillStyle = colour === null ? theme.muted : inkOf(inks, colour);
    context.globalAlpha = raw ? 0.5 : 1;
    context.lineWidth = raw ? 1 : bold ? 3 : 2;
    context.setLineDash(raw ? [] : DASHES[dash % DASHES.length]);
    rule(context, 0, high / 2, wide, high / 2);
    context.setLineDash([]);
    if (sign) paintSign(context, sign, [wide / 2, high / 2], 3.5);
    context.globalAlpha = 1;
  }
}

/** The values of the step that is pointed at. */
function describeStep(view) {
  const { message, line, entries } = view;
  const step = pointedStep(view);
  if (step === null || !entries.length) { line.say(); return; }
  const several = message.runs.length > 1;
  const open = new Set(view.panels.map(({ id }) => id));
  const parts = [];
  let run = null;
  for (const entry of entries) {
    if (isHidden(view, entry) || !open.has(entry.panel)) continue;
    const place = placeUpTo(entry.line, step);
    if (place < 0) continue;
    if (several && entry.run !== run) parts.push(quiet(`${run = entry.run, entry.runLabel}:`));
    parts.push(labelled(entry.label, spelled(entry.line.mean[place], entry.digits), true));
  }
  line.say(quiet(message.texts.at.replace("{step}", step.toLocaleString("en"))), ...parts);
}
