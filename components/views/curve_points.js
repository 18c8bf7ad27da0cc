// Hands points to the views that draw curves (training_curves_news.js), once their script is there.
// It travels with every message, so it is short.

export default function (component) {
  const take = globalThis.headlightTakeCurves;
  if (take) take(component);
  else (globalThis.headlightCurvesWaiting ??= []).push(component);
}
