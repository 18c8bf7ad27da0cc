// The panels of predictions: a title, a row for each word, and one for an original that is not
// among them. A part of predictions.js.

const PANEL = { least: 240, gap: 14 };

function fillPanels(view) {
  const { panels, arrays: [{ values, shape: [, count] }] } = view.message;
  let from = 0;
  view.shares = panels.map(({ words }) => {
    const own = [values.subarray(from, from + words.length),
      values.subarray(count + from, count + from + words.length)];
    from += words.length;
    return own;
  });
  view.compared = values.subarray(count).some((share) => !Number.isNaN(share));
  view.rows = [];
  view.panels.classList.toggle("compared", view.compared);
  view.panels.replaceChildren(...panels.map((panel, index) => makePanel(view, panel, index)));
}

function makePanel(view, { title, words, original }, index) {
  const panel = make("section", "panel");
  const heading = make("bdi", "title", title);
  heading.dir = "auto";
  const list = make("div", "words");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", title);
  const rows = words.map((_, word) => makeWord(view, index, word));
  if (original && original.row === null) {
    rows.push(makeWord(view, index, words.length));
    rows.at(-1).classList.add("beyond");
    rows.at(-1).setAttribute("aria-disabled", "true");
  }
  view.rows.push(rows);
  list.append(...rows);
  panel.append(heading, list);
  return panel;
}

/** What is known of a row: of one of the words, or of an original beyond them. */
function wordAt({ message, shares }, panel, index) {
  const { words, original } = message.panels[panel];
  if (index >= words.length) return { ...original, before: null };
  const [now, before] = shares[panel];
  return {
    text: words[index],
    share: now[index],
    before: Number.isNaN(before[index]) ? null : before[index],
    rank: original?.row === index ? original.rank : null,
  };
}

function makeWord(view, panel, index) {
  const { text, share, before, rank } = wordAt(view, panel, index);
  const row = make("div", "row");
  row.dataset.panel = panel;
  row.dataset.word = index;
  row.tabIndex = -1;
  row.setAttribute("role", "option");
  row.setAttribute("aria-label", wordWords(view, panel, index));
  const word = make("bdi", "word", visibleToken(text));
  word.dir = "auto";
  word.dataset.whole = visibleToken(text);
  if (!text.trim()) word.classList.add("sign");
  const cell = make("div", "word-cell");
  cell.appendChild(word);
  const bars = make("div", "bars");
  bars.appendChild(shareBar(share));
  if (before !== null) {
    const ghost = make("div", "ghost");
    ghost.style.width = `${100 * before}%`;
    bars.appendChild(ghost);
  }
  row.append(cell, bars, make("span", "share", spellShare(share)));
  if (rank !== null) {
    row.classList.add("original");
    const ranked = view.message.texts.original.replace("{rank}", rank);
    row.appendChild(make("span", "rank", ranked));
  }
  return row;
}

function wordWords(view, panel, index) {
  const { texts } = view.message;
  const { text, share, before, rank } = wordAt(view, panel, index);
  return [
    visibleToken(text),
    `${texts.probability} ${spellExactly(share)}`,
    before !== null && `${texts.before} ${spellExactly(before)}`,
    rank !== null && texts.original.replace("{rank}", rank),
  ].filter(Boolean).join(", ");
}

/** Stand the panels in rows of about the same number, and cut every word to its column. */
function fitWords(view) {
  const count = view.rows.length;
  const most = Math.max(1, Math.floor((view.stage.width + PANEL.gap) / (PANEL.least + PANEL.gap)));
  const columns = Math.ceil(count / Math.ceil(count / most));
  view.panels.style.setProperty("--columns", columns);
  const cell = view.panels.querySelector(".word-cell");
  if (!cell) return;
  const room = roomIn(cell) - 2 * 7; // what stands around an outlined word
  const ruler = rulerFor(view.stage, "600 15px");
  for (const word of view.panels.querySelectorAll(".word")) {
    word.textContent = fitText(ruler, word.dataset.whole, room);
  }
}
