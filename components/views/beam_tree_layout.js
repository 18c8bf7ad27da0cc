// Where the nodes of a beam tree stand: a column for every step, a row for every leaf. A part of
// beam_tree.js.

const NODE = { wide: 132, high: 28, gap: 28, apart: 4, head: 24, edge: 4, fingers: 40 };

/**
 * The nodes as {place, parent, children, column, row, last}. The first child goes on in its
 * parent's row and all that leaves a node stands between it and its next sibling, so no line
 * crosses another. `order` holds the places from top to bottom.
 */
function plantTree({ parent, column }) {
  const nodes = parent.map((above, place) =>
    ({ place, parent: above, children: [], column: column[place], row: 0 }));
  const roots = [];
  for (const node of nodes) {
    (node.parent === null ? roots : nodes[node.parent].children).push(node.place);
  }
  const order = [];
  const waiting = [...roots].reverse();
  let rows = 0;
  while (waiting.length) {
    const node = nodes[waiting.pop()];
    node.row = rows;
    order.push(node.place);
    if (!node.children.length) rows += 1;
    waiting.push(...[...node.children].reverse());
  }
  return { nodes, roots, order, rows: Math.max(rows, 1), columns: Math.max(0, ...column) };
}

/** How high a row is: more where fingers point. */
function nodeHeight() {
  return matchMedia("(pointer: coarse)").matches ? NODE.fingers : NODE.high;
}

function nodeLeft(column) {
  return NODE.edge + column * (NODE.wide + NODE.gap);
}

function nodeTop(row) {
  return NODE.head + NODE.edge + row * (nodeHeight() + NODE.apart);
}

function treeSize({ columns, rows }) {
  return {
    width: nodeLeft(columns) + NODE.wide + NODE.edge,
    height: nodeTop(rows) - NODE.apart + NODE.edge,
  };
}

/**
 * The lines from a node to what goes on from it, as [{place, x, y, width, height}]: out of the
 * node, down to each child's row, and across to it. `place` is the node that a line leads to.
 */
function linesFrom(tree, column, row, children) {
  const out = nodeLeft(column) + NODE.wide;
  const middle = (at) => nodeTop(at) + nodeHeight() / 2 - 1;
  const trunk = out + NODE.gap / 2 - 1;
  return children.flatMap((place) => {
    const { row: to } = tree.nodes[place];
    const across = { place, x: trunk, y: middle(to), width: NODE.gap / 2 + 1, height: 2 };
    const start = { place, x: out, y: middle(row), width: NODE.gap / 2 + 1, height: 2 };
    const down = { place, x: trunk, y: middle(row), width: 2, height: middle(to) - middle(row) + 2 };
    return to === row ? [start, across] : [start, down, across];
  });
}
