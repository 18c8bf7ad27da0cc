// A class in the header. One request is held open at the server; what it answers is drawn here, and a
// student's page is asked to run again.

const AGAIN = 1500; // milliseconds after a request that failed

export default function (component) {
  return present(component, buildClass);
}

function buildClass(stage) {
  const badge = make("span", "badge");
  const code = make("span", "code");
  const count = make("span", "count");
  count.setAttribute("role", "status");
  badge.append(code, count);
  stage.root.appendChild(badge);
  const view = { stage, badge, code, count, listening: null, address: "" };
  stage.cleanups.push(() => view.listening?.abort());
  return { show: (message) => showClass(view, message), resize: () => {} };
}

function showClass(view, message) {
  view.message = message;
  view.badge.title = message.texts.code;
  view.code.textContent = message.code;
  tell(view, message.feed);
  if (view.address === message.address && !view.listening?.signal.aborted) return;
  view.listening?.abort();
  view.address = message.address;
  view.listening = new AbortController();
  if (message.address) listen(view, message.feed.stamp, view.listening.signal);
}

function tell(view, feed) {
  const { teacher, texts } = view.message;
  view.count.textContent = teacher ? texts.follow.replace("{count}", feed.followers) : "";
  globalThis.headlightClass = feed;
  globalThis.dispatchEvent(new CustomEvent("headlight-class"));
}

async function listen(view, stamp, signal) {
  const server = globalThis.__streamlit?.BACKEND_BASE_URL ?? `${location.origin}/`;
  let known = stamp;
  while (!signal.aborted) {
    try {
      const answer = await fetch(`${server}${view.address}?after=${known}`, { signal, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const feed = await answer.json();
      if (feed.over) { view.stage.answer("selected", -1); return; }
      if (signal.aborted || feed.stamp === known) continue;
      known = feed.stamp;
      tell(view, feed);
      if (!view.message.teacher) view.stage.answer("selected", known);
    } catch {
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}
