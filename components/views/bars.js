// A row for each number: its name, a bar, and the number.

export default function (component) {
  return present(component, buildBars);
}

function buildBars(stage) {
  const list = make("ul", "bars");
  stage.root.appendChild(list);
  return {
    show: ({ label, rows }) => {
      list.setAttribute("aria-label", label);
      list.replaceChildren(...rows.map(barRow));
    },
    resize: () => {},
  };
}

function barRow([name, share, text, marked]) {
  const row = make("li", marked ? "row marked" : "row");
  const track = make("span", "track");
  const bar = make("span", "filled");
  bar.style.width = `${100 * share}%`;
  track.appendChild(bar);
  row.append(isolated(name), track, make("span", "number", text));
  return row;
}
