// What a cell comes from, as marks on the other matrices and as a line of numbers. A part of
// matrices.js.

const TERMS = 5; // written out of a sum, the largest first

function spellNumber(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function spellEntry(matrix, at, most = 4) {
  const digits = Math.min(most, matrix.digits);
  const value = matrix.values[at];
  if (value && Math.abs(value) < 0.5 * 10 ** -digits && matrix.digits > digits) {
    return spellNumber(value, matrix.digits);
  }
  return spellNumber(value, digits);
}

/** In brackets where it is negative. */
function factor(text) {
  return text.startsWith("−") ? `(${text})` : text;
}

function entry(view, index, row, column) {
  const matrix = view.data[index];
  return { matrix, value: matrix.values[row * matrix.width + column], at: row * matrix.width + column };
}

function rowName(view, { rowLabels }, row) {
  return rowLabels.length ? `“${rowLabels[row]}”` : view.message.texts.row.replace("{number}", row);
}

function columnName(view, { columnLabels, numbers }, column) {
  if (columnLabels.length) return `“${columnLabels[column]}”`;
  return view.message.texts.column.replace("{number}", numbers[column] ?? column);
}

/** The rows, columns and cells that a cell is made of. */
function sourcesOf(view, [index, row, column]) {
  const relation = view.relations.get(index);
  if (!relation) return [];
  switch (relation.kind) {
    case "product": return [{ matrix: relation.left, row }, { matrix: relation.right, column }];
    case "total": return relation.parts.map(([matrix]) => ({ matrix, row, column }));
    case "normed": return [{ matrix: relation.of, row }];
    case "softmax": return [{ matrix: relation.of, row }];
    case "scaled": return [relation.of, relation.bias].filter((each) => each !== null)
      .map((matrix) => ({ matrix, row, column }));
    default: return [relation.of, relation.times].filter((each) => each !== null)
      .map((matrix) => ({ matrix, row, column }));
  }
}

function describeEntry(view) {
  const cell = view.hovered ?? view.cursor ?? view.selected;
  if (!holdsEntry(view, cell)) { view.line.say(); return; }
  const [index, row, column] = cell;
  const { matrix, at } = entry(view, index, row, column);
  const name = make("span");
  name.append(symbolOf(matrix.symbol), ` ${rowName(view, matrix, row)}, ${columnName(view, matrix, column)}`);
  if (matrix.hidden?.[at]) {
    view.line.say(name, make("span", "detail", view.message.texts.hidden));
    return;
  }
  view.line.say(name, make("span", "value", `= ${spellEntry(matrix, at)}`), madeOf(view, cell));
}

/** How the number comes about, in numbers. */
function madeOf(view, [index, row, column]) {
  const relation = view.relations.get(index);
  if (!relation) return null;
  const text = WRITERS[relation.kind](view, relation, row, column, index);
  return text && quiet(`= ${text}`);
}

const WRITERS = {
  product(view, { left, right, bias }, row, column, out) {
    const { texts } = view.message;
    const count = view.data[left].width;
    const products = Array.from({ length: count }, (_, k) => {
      const [one, other] = [entry(view, left, row, k), entry(view, right, k, column)];
      return { one, other, size: one.value * other.value };
    });
    const first = [...products].sort((a, b) => Math.abs(b.size) - Math.abs(a.size)).slice(0, TERMS);
    const written = first.map(({ one, other }) =>
      `${factor(spellEntry(one.matrix, one.at, 3))}·${factor(spellEntry(other.matrix, other.at, 3))}`);
    const own = bias?.[column];
    const rest = entry(view, out, row, column).value - (own ?? 0)
      - first.reduce((sum, { size }) => sum + size, 0);
    if (count > TERMS) {
      written.push(texts.rest.replace("{count}", count - TERMS).replace("{sum}", spellNumber(rest, 3)));
    }
    if (own !== undefined) written.push(texts.bias.replace("{value}", spellNumber(own, 3)));
    return written.join(" + ");
  },
  total(view, { parts }, row, column) {
    return parts.map(([matrix, times]) => {
      const { matrix: own, at } = entry(view, matrix, row, column);
      const text = factor(spellEntry(own, at));
      return times === 1 ? text : `${spellNumber(times, 3)}·${text}`;
    }).join(" + ");
  },
  normed(view, { of, mean, spread, gain, shift }, row, column) {
    const { matrix, at } = entry(view, of, row, column);
    const value = spellEntry(matrix, at);
    const top = mean ? `(${value} − ${factor(spellNumber(mean[row], 4))})` : factor(value);
    const text = `${top} / ${spellNumber(spread[row], 4)} · ${factor(spellNumber(gain[column], 4))}`;
    return shift ? `${text} + ${factor(spellNumber(shift[column], 4))}` : text;
  },
  scaled(view, { of, factor: times, cap, bias }, row, column) {
    const { matrix, at } = entry(view, of, row, column);
    let text = `${factor(spellEntry(matrix, at))} · ${times.toFixed(4)}`;
    if (cap !== null) text = `${cap} · tanh(${text} / ${cap})`;
    if (bias === null) return text;
    const added = entry(view, bias, row, column);
    return `${text} + ${factor(spellEntry(added.matrix, added.at))}`;
  },
  softmax(view, { of, totals }, row, column) {
    const { texts } = view.message;
    const { matrix, value, at } = entry(view, of, row, column);
    let total = totals?.[row];
    if (total === undefined) {
      const start = row * matrix.width;
      const seen = (c) => !matrix.hidden?.[start + c];
      const columns = Array.from({ length: matrix.width }, (_, c) => c).filter(seen);
      const largest = Math.max(...columns.map((c) => matrix.values[start + c]));
      total = largest + Math.log(
        columns.reduce((sum, c) => sum + Math.exp(matrix.values[start + c] - largest), 0),
      );
    }
    const over = totals ? texts.whole : texts.row_sum;
    return `exp(${spellEntry(matrix, at)}) / exp(${spellNumber(total, 3)}): ${over}`;
  },
  applied(view, { of, name, times }, row, column) {
    const { matrix, at } = entry(view, of, row, column);
    const text = `${name}(${spellEntry(matrix, at)})`;
    if (times === null) return text;
    const other = entry(view, times, row, column);
    return `${text} · ${factor(spellEntry(other.matrix, other.at))}`;
  },
};
