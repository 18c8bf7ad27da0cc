// Tells a picture what is selected in it, in a message of its own: the picture's own message then
// stays the same from run to run and is not sent again. It draws nothing.

export default function ({ data }) {
  const selections = (globalThis.headlightSelections ??= new Map());
  if (data.selected === null) selections.delete(data.view);
  else selections.set(data.view, data.selected);
  globalThis.dispatchEvent(new CustomEvent("headlight-selection", { detail: data.view }));
}
