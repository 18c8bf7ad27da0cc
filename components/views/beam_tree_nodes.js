// The nodes of a beam tree and the lines between them, as they stand in the document. A part of
// beam_tree.js.

const NODE_ROOM = { inside: 8, mark: 16, score: 46 }; // what stands in a node beside its token

/** Put all nodes, lines and headings of the message into the frame. */
function fillTree(view) {
  const { tree, content, message } = view;
  const { width, height } = treeSize(tree);
  content.style.width = rem(width);
  content.style.height = rem(height);
  view.elements = [];
  const nodes = tree.order.map((place) => makeNode(view, place));
  const lines = [
    ...linesFrom(tree, 0, 0, tree.roots),
    ...tree.nodes.flatMap(({ column, row, children }) => linesFrom(tree, column, row, children)),
  ].sort((one, other) => lineRank(message, one) - lineRank(message, other))
    .map((line) => makeLine(view, line));
  content.replaceChildren(...lines, makeStart(message), ...nodes, makeSteps(tree));
}

/** The number of every step, above its column. */
function makeSteps({ columns }) {
  const heads = make("div", "steps");
  heads.setAttribute("aria-hidden", "true");
  for (let column = 1; column <= columns; column++) {
    const head = make("div", "step", String(column));
    head.style.left = rem(nodeLeft(column));
    heads.appendChild(head);
  }
  return heads;
}

function makeStart({ start, texts }) {
  const element = placed(make("div", "node start"), 0, 0);
  const word = make("bdi", "word");
  word.dir = "auto";
  word.dataset.whole = start || texts.start;
  element.title = start;
  element.setAttribute("aria-hidden", "true"); // the picture's label tells it
  element.appendChild(word);
  return element;
}

function makeNode(view, place) {
  const { tree, message: { text, state, winning, arrays: [{ values }] } } = view;
  const { column, row } = tree.nodes[place];
  const element = placed(make("div", `node ${state[place]}`), column, row);
  element.classList.toggle("winning", Boolean(winning[place]));
  element.dataset.place = place;
  element.dataset.index = view.message.index[place];
  element.setAttribute("role", "treeitem");
  element.setAttribute("aria-level", String(column));
  element.setAttribute("aria-label", nodeWords(view, place));
  const word = make("bdi", "word");
  word.dir = "auto";
  word.dataset.whole = visibleToken(text[place]);
  if (!text[place].trim()) word.classList.add("sign");
  element.appendChild(word);
  if (state[place] === "finished") element.appendChild(make("span", "end-mark"));
  if (state[place] === "winner") element.appendChild(make("span", "winner-mark", "★"));
  element.appendChild(make("span", "score", withSign(values[text.length + place], 2)));
  view.elements[place] = element;
  return element;
}

function placed(element, column, row) {
  element.style.left = rem(nodeLeft(column));
  element.style.top = rem(nodeTop(row));
  element.style.width = rem(NODE.wide);
  element.style.height = rem(nodeHeight());
  return element;
}

/** What leads further is drawn over what does not, and the winner's path over both. */
function lineRank({ state, winning }, { place }) {
  if (winning[place]) return 2;
  return state[place] === "dropped" || state[place] === "ceased" ? 0 : 1;
}

function makeLine({ message: { state, winning } }, { place, x, y, width, height }) {
  const line = make("div", `line-part ${state[place]}`);
  line.classList.toggle("winning", Boolean(winning[place]));
  line.style.left = rem(x);
  line.style.top = rem(y);
  line.style.width = rem(width);
  line.style.height = rem(height);
  return line;
}

function nodeWords(view, place) {
  const { texts, column, text } = view.message;
  const { sum, score } = numbersAt(view, place);
  return [
    texts.step.replace("{number}", column[place]),
    visibleToken(text[place]),
    `${texts.sum} ${sum}`,
    `${texts.score} ${score}`,
    fateOf(view, place),
  ].filter(Boolean).join(", ");
}

function numbersAt({ message: { text, arrays: [{ values }] } }, place) {
  return { sum: withSign(values[place], 3), score: withSign(values[text.length + place], 3) };
}

/** What became of a node, and why. */
function fateOf({ message: { texts, state, reason, winning } }, place) {
  const why = reason[place];
  if (state[place] === "dropped" && why) return texts.because.replace("{reason}", why);
  const said = state[place] === "kept" && winning[place] ? texts.winning : texts[state[place]];
  return why ? `${said} · ${why}` : said;
}

/** Cut every token to the room in its node; in a large tree most tokens come more than once. */
function fitTree(view) {
  const start = view.content.querySelector(".start .word");
  const whole = NODE.wide - 2 * NODE_ROOM.inside;
  start.textContent = fitText(rulerFor(view.stage, "400 13px"), start.dataset.whole, whole);
  const ruler = rulerFor(view.stage, "600 15px");
  const fitted = new Map();
  view.elements.forEach(({ firstChild: word, childElementCount: parts }) => {
    const room = whole - NODE_ROOM.score - (parts > 2 ? NODE_ROOM.mark : 0);
    const name = `${room} ${word.dataset.whole}`;
    if (!fitted.has(name)) fitted.set(name, fitText(ruler, word.dataset.whole, room));
    word.textContent = fitted.get(name);
  });
}
