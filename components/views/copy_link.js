// Copies the address. Where the browser lets no script copy, the link is shown in a field, selected,
// to be copied by hand.

const SHOWN_FOR = 2000; // milliseconds that "Copied" stands there

export default function (component) {
  return present(component, buildLink);
}

function buildLink(stage) {
  const button = make("button", "copy");
  const words = make("span");
  button.type = "button";
  const field = make("input", "field");
  const label = make("label", "by-hand");
  const caption = make("span");
  const heard = make("span", "heard");
  heard.setAttribute("role", "status");
  field.readOnly = true;
  label.append(caption, field);
  label.hidden = true;
  button.append(icon(), words);
  stage.root.append(button, label, heard);
  let timer = 0;
  stage.cleanups.push(() => clearTimeout(timer));

  button.onclick = async () => {
    const { copied, copy } = stage.message;
    if (!(await copyText(location.href))) {
      label.hidden = false;
      field.value = location.href;
      field.focus();
      field.select();
      return;
    }
    label.hidden = true;
    words.textContent = heard.textContent = copied;
    clearTimeout(timer);
    timer = setTimeout(() => { words.textContent = copy; heard.textContent = ""; }, SHOWN_FOR);
  };
  return {
    show: (texts) => { words.textContent = texts.copy; caption.textContent = texts.by_hand; },
    resize: () => {},
  };
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** The old way, which a page without https still has: most servers of a classroom are such. */
function copySelected(text) {
  const field = make("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.cssText = "position:fixed;top:0;opacity:0";
  const before = document.activeElement;
  document.body.appendChild(field);
  field.select();
  const copied = document.execCommand?.("copy") ?? false;
  field.remove();
  before?.focus?.({ preventScroll: true });
  return copied;
}

function icon() {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M6.5 9.5l3-3M7 4.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L11.5 9" +
    "M9 11.5L7.5 13A3.2 3.2 0 0 1 3 8.500L4.500 7");
  drawing.appendChild(path);
  return drawing;
}
