// The lines that are drawn, from the points that came: a finer stretch in its place, and the mean of
// noisy ones. A part of training_curves.js.

const SMOOTHING = { span: 0.03, least: 5 }; // of the steps so far; as in app/train/runs_curves.py
const UNNAMED = { colour: 5, dash: 1, sign: "", noisy: false, digits: 3 };

/** Every line that there is, in the order of the legend: {id, run, label, panel, line, …}. */
function entriesOf(view) {
  const { message: { runs, names, texts }, memory } = view;
  const several = runs.length > 1;
  return runs.flatMap(({ id: run, label: runLabel }, place) => {
    const kept = memory.runs.get(run);
    if (!kept) return [];
    const found = [...kept.lines.keys()];
    const order = [...Object.keys(names).filter((id) => kept.lines.has(id)),
      ...found.filter((id) => !names[id]).sort()];
    return order.flatMap((id) => {
      const name = names[id] ?? { ...UNNAMED, label: id, panel: id };
      const line = mergedLine(kept, id);
      const look = several ? { ...name, colour: place, dash: place } : name;
      const entry = { ...look, id, run, line, key: id, runLabel, width: kept.width };
      if (!name.noisy) return [entry];
      const smooth = smoothedLine(kept, id, line);
      const mean = {
        ...entry, line: smooth, key: `${id} smoothed`, bold: true,
        label: several ? name.label : texts.smoothed.replace("{name}", name.label),
      };
      return several ? [mean] : [{ ...entry, raw: true }, mean];
    });
  });
}

/** A line with the finer points of the stretch that was asked for in their place. */
function mergedLine(kept, id) {
  const whole = kept.lines.get(id);
  const fine = kept.detail?.lines.get(id);
  if (!fine?.steps.length || kept.detail.width >= kept.width) return whole;
  kept.merged ??= new Map();
  const known = kept.merged.get(id);
  if (known?.version === kept.version) return known.line;
  const [first, last] = kept.detail.stretch;
  const before = lowerBound(whole.steps, first);
  const after = lowerBound(whole.steps, last + 1);
  const line = {};
  for (const part of ["steps", "mean", "low", "high"]) {
    line[part] = joined(whole[part].subarray(0, before), fine[part], whole[part].subarray(after));
  }
  kept.merged.set(id, { version: kept.version, line });
  return line;
}

function joined(...parts) {
  const all = new parts[0].constructor(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

/** The mean so far, in which a value counts e times less for each span of steps after it. */
function smoothedLine(kept, id, line) {
  kept.smooth ??= new Map();
  const known = kept.smooth.get(id);
  if (known?.version === kept.version) return known.line;
  const { steps, mean } = line;
  const span = Math.max(SMOOTHING.least, SMOOTHING.span * (steps.at(-1) ?? 0));
  const found = new Float32Array(mean.length);
  let [total, weight, before] = [0, 0, steps[0] - Math.max(1, (steps[1] ?? steps[0] + 1) - steps[0])];
  for (let i = 0; i < mean.length; i++) {
    const gap = steps[i] - before; // a point stands for the steps since the one before
    const fading = i ? Math.exp(-gap / span) : 1;
    before = steps[i];
    total *= fading;
    weight *= fading;
    if (Number.isFinite(mean[i])) {
      total += mean[i] * gap;
      weight += gap;
      found[i] = total / weight;
    } else found[i] = NaN;
  }
  const smooth = { steps, mean: found, low: found, high: found };
  kept.smooth.set(id, { version: kept.version, line: smooth });
  return smooth;
}

/** Where the first of the rising `steps` stands that is at least `step`. */
function lowerBound(steps, step) {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the last point up to `step`; -1 where there is none. */
function placeUpTo({ steps }, step) {
  return lowerBound(steps, step + 1) - 1;
}

function isHidden({ memory }, { key, run }) {
  return memory.hidden.has(key) || memory.hidden.has(`run ${run}`);
}

/** The lines as they were logged; of several runs the entries hold only the smoothed ones. */
function measuredOf({ entries, memory, message: { names } }) {
  const once = entries.filter(({ bold, run, id }) =>
    !bold || !entries.some((other) => other.raw && other.run === run && other.id === id));
  return once.map((entry) => ({
    ...entry,
    label: names[entry.id]?.label ?? entry.id,
    line: mergedLine(memory.runs.get(entry.run), entry.id),
  }));
}

/** Every point that is drawn, as rows of cells, with a row of names. */
function tableOf(view) {
  const { message: { texts } } = view;
  const rows = [[texts.run, texts.name, texts.step, texts.value]];
  for (const { runLabel, label, line } of measuredOf(view)) {
    line.steps.forEach((step, i) => rows.push([runLabel, label, step, line.mean[i]]));
  }
  return rows;
}
