// The rows of next_token: one for each candidate, one for all others, and the line where the
// settings cut. Rows stay from message to message, so that their bars can move. A part of
// next_token.js.

const REASON = { wide: 88, narrow: 56, below: 480 }; // room for what cut a token off, in pixels
const WORD_EDGE = 6; // on either side of a word

/** Show the newest candidates: a token that was there already keeps its row. */
function fillCandidates(view) {
  const { message: { tokens, others, cut }, list } = view;
  const before = view.byName;
  view.byName = new Map();
  view.rows = [...tokens.map(([, id]) => String(id)), ...(others ? ["others"] : [])]
    .map((name, index) => {
      const row = before.get(name) ?? openCandidate();
      view.byName.set(name, row);
      row.element.dataset.index = index;
      writeCandidate(view, row, index);
      return row;
    });
  view.cutLine.remove(); // it moves, not the rows around it
  for (const [name, { element }] of before) if (!view.byName.has(name)) element.remove();
  let next = list.firstChild;
  for (const { element } of view.rows) {
    if (element === next) next = next.nextSibling;
    else list.insertBefore(element, next);
  }
  if (!cut) return;
  view.cutText.textContent = cut.text;
  list.insertBefore(view.cutLine, view.rows[cut.at]?.element ?? null);
}

/** What is known of a row: of a candidate, or of all others together. */
function candidateAt({ message }, index) {
  const { tokens, cutBy, notes, others, arrays: [{ values }] } = message;
  if (index >= tokens.length) {
    return { ...others, id: null, reason: "", cut: !others.kept, whole: others.text };
  }
  const [text, id] = tokens[index];
  return {
    id,
    whole: visibleToken(text),
    blank: !text.trim(),
    before: values[index],
    after: values[tokens.length + index],
    reason: cutBy[index],
    note: notes[index],
    cut: cutBy[index] !== "",
  };
}

function openCandidate() {
  const element = make("div", "row");
  element.setAttribute("role", "option");
  const cell = make("div", "word-cell");
  const word = make("bdi", "word");
  word.dir = "auto";
  const mark = make("span", "drawn-mark");
  cell.append(word, mark);
  const bars = make("div", "bars");
  const fill = make("div", "fill");
  const outline = make("div", "outline");
  bars.append(fill, outline);
  const after = make("span", "share after");
  const before = make("span", "share before");
  const reason = make("bdi", "reason");
  reason.dir = "auto";
  element.append(cell, bars, after, before, reason);
  return { element, word, mark, fill, outline, after, before, reason };
}

function writeCandidate(view, row, index) {
  const { message: { tokens, drawn, selectable } } = view;
  const token = candidateAt(view, index);
  const { element } = row;
  element.setAttribute("aria-label", candidateWords(view, index));
  element.setAttribute("aria-disabled", String(index >= tokens.length || !selectable));
  element.classList.toggle("cut", token.cut);
  element.classList.toggle("others", index >= tokens.length);
  element.classList.toggle("drawn", index === drawn);
  row.word.classList.toggle("sign", Boolean(token.blank));
  row.word.dataset.whole = token.whole;
  row.fill.style.width = `${100 * token.after}%`;
  row.fill.classList.toggle("none", !token.after);
  row.outline.style.width = `${100 * token.before}%`;
  row.after.textContent = token.cut ? "–" : spellShare(token.after);
  row.before.textContent = spellShare(token.before);
  row.reason.dataset.whole = [token.reason, token.note].filter(Boolean).join(" · ");
}

function candidateWords(view, index) {
  const { texts, drawn } = view.message;
  const { id, whole, before, after, reason, note } = candidateAt(view, index);
  return [
    whole,
    id !== null && `${texts.id} ${id}`,
    `${texts.after} ${spellExactly(after)}`,
    `${texts.before} ${spellExactly(before)}`,
    reason && texts.cutBy.replace("{what}", reason),
    note,
    drawn === index && texts.drawn,
  ].filter(Boolean).join(", ");
}

/** Cut every word and every reason to its column. */
function fitCandidates(view) {
  const reason = view.stage.width < REASON.below ? REASON.narrow : REASON.wide;
  view.picture.style.setProperty("--reason", rem(reason));
  const cell = view.list.querySelector(".word-cell");
  if (!cell) return;
  const room = roomIn(cell) - 2 * WORD_EDGE;
  for (const { element, word, reason: said } of view.rows) {
    const whole = word.dataset.whole;
    const marked = element.classList.contains("drawn") ? 14 : 0;
    const kept = `${whole} ${room - marked} ${view.stage.theme.font}`;
    if (word.fitted !== kept) {
      word.fitted = kept; // texts are measured when they change, not at every move of a slider
      const font = element.classList.contains("others") ? "400 13px" : "600 15px";
      word.textContent = fitText(rulerFor(view.stage, font), whole, room - marked);
    }
    said.textContent = fitText(rulerFor(view.stage, "400 12px"), said.dataset.whole, reason);
  }
}
