// The spread of the answers of a class: one row for each answer, with a bar and its count.

export default function (component) {
  return present(component, buildAnswers);
}

function buildAnswers(stage) {
  const list = make("div", "spreads");
  list.setAttribute("role", "status");
  stage.root.appendChild(list);
  const view = { list, stamp: -1 };
  const hear = () => view.message && showSpreads(view, globalThis.headlightClass);
  globalThis.addEventListener("headlight-class", hear);
  stage.cleanups.push(() => globalThis.removeEventListener("headlight-class", hear));
  return {
    show: (message) => { view.message = message; showSpreads(view, message.feed); },
    resize: () => {},
  };
}

function showSpreads(view, feed) {
  const { texts } = view.message;
  if (feed.stamp < view.stamp) return; // the browser knew it first
  view.stamp = feed.stamp;
  if (!feed.spreads.length) {
    view.list.replaceChildren(make("p", "none", texts.none));
    return;
  }
  view.list.replaceChildren(...feed.spreads.map((spread) => {
    const part = make("div", "spread");
    const total = spread.answers.reduce((sum, [, count]) => sum + count, 0);
    const head = make("p", "title");
    head.append(isolated(spread.title), " ", make("span", "total", texts.total.replace("{count}", total)));
    part.append(head, ...spread.answers.map((answer) => answerRow(answer, total)));
    return part;
  }));
}

function answerRow([answer, count], total) {
  const row = make("div", "answer");
  const bar = make("span", "share");
  bar.style.width = `${(100 * count) / total}%`;
  const track = make("span", "track");
  track.appendChild(bar);
  row.append(isolated(answer), track, make("span", "number", String(count)));
  return row;
}
