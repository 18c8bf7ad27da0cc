// Stands before bertviz's own script: answers its calls of require.js, and makes its parameters of
// the data in the page. Weights come as whole numbers of ten-thousandths.

const given = JSON.parse(document.getElementById("data").textContent);

var require = { config() {} };
function requirejs(names, start) {
  start(...names.map((name) => ({ jquery: window.jQuery, d3: window.d3 })[name]));
}

function decimals(part) {
  return Array.isArray(part) ? part.map(decimals) : part / given.rounded;
}

/** The blocks of a pair, cut where the second text begins; one block for a single text. */
function blocks() {
  const [every, first, second] = [[0], [0, given.split], [given.split]];
  const all = { id: "all", rows: every, columns: every };
  if (given.split === null) return [all];
  return [
    all,
    { id: "aa", rows: first, columns: first },
    { id: "ab", rows: first, columns: second },
    { id: "ba", rows: second, columns: first },
    { id: "bb", rows: second, columns: second },
  ];
}

function block({ rows, columns }, numbers) {
  const heads = (layers, cut) => layers.map((layer) => layer.map(cut));
  const data = {
    attn: heads(numbers.attn, (head) => head.slice(...rows).map((row) => row.slice(...columns))),
    left_text: given.left.slice(...rows),
    right_text: given.right.slice(...columns),
  };
  if (!numbers.queries) return data;
  data.queries = heads(numbers.queries, (head) => head.slice(...rows));
  data.keys = heads(numbers.keys, (head) => head.slice(...columns));
  return data;
}

function parameters() {
  const { attn, queries, keys, layers, heads, layer, head, mode, bidirectional } = given;
  const numbers = { attn: decimals(attn), queries: queries && decimals(queries), keys: keys && decimals(keys) };
  const made = blocks().map((part) => [part.id, block(part, numbers)]);
  const shared = { root_div_id: "bertviz", display_mode: mode, bidirectional };
  if (queries) { // the neuron view counts layers and heads from 0 and names its blocks
    return {
      ...shared,
      attention: Object.fromEntries(made),
      default_filter: "all",
      layer: layers.indexOf(layer),
      head: Math.max(heads.indexOf(head), 0),
    };
  }
  return {
    ...shared,
    attention: made.map(([, data]) => data),
    default_filter: "0",
    layer,
    heads: head === null ? null : [heads.indexOf(head)],
    include_layers: layers,
    include_heads: heads,
    total_heads: heads.length,
  };
}

window.bertviz_params = parameters();

/** The neuron view numbers what it is given from 0; say which layers and heads they are. */
function nameOptions() {
  if (!given.queries) return;
  const name = (id, numbers) => document.querySelectorAll(`#${id} option`)
    .forEach((option, i) => { option.textContent = numbers[i]; });
  name("layer", given.layers);
  name("att_head", given.heads);
}
