// Tokens and probabilities as people read them. A part of the views of a stepped run.

const BLANKS = { "\n": "↵", "\r": "␍", "\t": "→", " ": "␣", "\u00a0": "␣", "\u3000": "␣" };

/** A token without its outer spaces, with signs for what cannot be seen. */
function visibleToken(text) {
  if (!text) return "·";
  const seen = text.trim() ? text.replace(/^ +| +$/g, "") : text;
  const signed = (character) => {
    const inside = character === " " && text.trim();
    return inside ? character : BLANKS[character] ?? character;
  };
  return Array.from(seen, signed).join("");
}

/** 0.677; four decimals where three would be nothing, and never 0 for what is more. */
function spellShare(share) {
  if (!share || share >= 0.0005) return share.toFixed(3);
  return share >= 0.00005 ? share.toFixed(4) : "<0.0001";
}

/** As `spellShare`, but a tiny share by its power of ten: 2.1e−7. */
function spellExactly(share) {
  if (!share || share >= 0.00005) return spellShare(share);
  return share.toExponential(1).replace("-", "−");
}

/** The pen with which texts of a view are measured in this font. */
function rulerFor(stage, font) {
  stage.ruler ??= document.createElement("canvas").getContext("2d");
  stage.ruler.font = `${font} ${stage.theme.font}`;
  return stage.ruler;
}

/** A bar from 0 to 1 on its track. */
function shareBar(share) {
  const track = make("div", "track");
  const fill = make("div", "fill");
  fill.style.width = `${100 * share}%`;
  track.appendChild(fill);
  return track;
}

/** A token that stands out in the line under a view, whatever its direction. */
function saidToken(text) {
  const part = make("span", "value");
  part.appendChild(isolated(visibleToken(text)));
  return part;
}

function quiet(text) {
  const part = make("span", "detail");
  part.appendChild(isolated(text));
  return part;
}

/** A muted name and its value, for the line under a view. */
function labelled(name, value, strong = false) {
  const part = make("span");
  part.append(make("span", "detail", `${name} `), make("span", strong ? "value" : "", value));
  return part;
}
