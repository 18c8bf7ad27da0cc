// Keeps the points of curves for the views that draw them, and tells these when there are more.
// What came before, and is missing, it asks for. A part of training_curves.js; its messages come by
// curve_points.js.

const PATIENCE = 3000; // ms, before what is missing is asked for again

function takeMessage({ data, setTriggerValue }) {
  readMessage(data).then((message) => {
    const kept = runIn(curvesOf(message.view), message.run);
    const pieces = piecesOf(message);
    if (message.stretch) {
      kept.detail = { stretch: message.stretch, width: message.width, lines: new Map(pieces) };
    } else if (isKnown(kept, message)) return;
    else if (message.whole || (kept.stamp === message.stamp && message.since <= kept.turn)) {
      if (message.whole) kept.lines.clear();
      for (const [name, piece, start] of pieces) {
        kept.lines.set(name, continued(kept.lines.get(name), piece, start));
      }
      Object.assign(kept, { stamp: message.stamp, turn: message.turn, width: message.width });
      kept.asked = 0;
    } else {
      if (performance.now() - (kept.asked || -PATIENCE) > PATIENCE) {
        setTriggerValue("missing", message.turn);
        kept.asked = performance.now();
      }
      return;
    }
    kept.version = (kept.version ?? 0) + 1;
    globalThis.dispatchEvent(new CustomEvent("headlight-curves", { detail: message.view }));
  });
}

globalThis.headlightTakeCurves = takeMessage;
for (const waiting of globalThis.headlightCurvesWaiting?.splice(0) ?? []) takeMessage(waiting);

/** What the page remembers of a picture: {runs, zoom, hidden, open}. */
function curvesOf(view) {
  const all = (globalThis.headlightCurves ??= new Map());
  if (!all.has(view)) {
    if (all.size >= 8) all.delete(all.keys().next().value);
    all.set(view, { runs: new Map(), zoom: null, hidden: new Set(), open: new Set() });
  }
  return all.get(view);
}

function runIn(memory, run) {
  if (!memory.runs.has(run)) memory.runs.set(run, { lines: new Map(), detail: null });
  return memory.runs.get(run);
}

/** Streamlit shows a message again when something beside it changes. */
function isKnown(kept, { stamp, turn }) {
  return kept.stamp === stamp && turn <= kept.turn;
}

/** The lines of a message as [name, piece, start]. */
function piecesOf({ lines, arrays: [steps, mean, low = mean, high = mean] }) {
  let from = 0;
  return lines.map(([name, start, count]) => {
    const part = ({ values }) => values.subarray(from, from + count);
    const piece = { steps: part(steps), mean: part(mean), low: part(low), high: part(high) };
    from += count;
    return [name, piece, start];
  });
}

/** A line up to `start`, and the piece after it. */
function continued(line, piece, start) {
  if (!line) return piece;
  let kept = line.steps.length;
  while (kept && line.steps[kept - 1] >= start) kept--;
  const join = (name) => {
    const all = new line[name].constructor(kept + piece[name].length);
    all.set(line[name].subarray(0, kept));
    all.set(piece[name], kept);
    return all;
  };
  return { steps: join("steps"), mean: join("mean"), low: join("low"), high: join("high") };
}
