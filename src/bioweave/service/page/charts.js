// Small charts as SVG: what they show is said in words beside them, and in their labels.

const SPACE = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children. */
function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function picture(width, height, label, ...children) {
  const picture = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, ...children);
  picture.setAttribute("aria-label", label);
  return picture;
}

/** Lines over time; each of `series` is {name, values}, where null is a gap. From 0 to `top`. */
export function lines(series, label, top) {
  const [width, height, left] = [300, 96, 2];
  const most = top || Math.max(...series.flatMap((one) => one.values.map((value) => value ?? 0))) || 1;
  const length = Math.max(...series.map((one) => one.values.length), 2);
  const place = (value, index) => [
    left + ((width - 2 * left) * index) / (length - 1),
    height - 4 - ((height - 10) * Math.min(value, most)) / most,
  ];
  const paths = series.map(({ values }, number) => {
    let [path, dots] = ["", ""];
    let isDown = false;
    values.forEach((value, index) => {
      if (value !== null) {
        const at = place(value, index + length - values.length).map((one) => one.toFixed(1));
        path += `${isDown ? "L" : "M"}${at.join(" ")}`;
        // A value between two gaps would not be seen.
        if (!isDown && (values[index + 1] ?? null) === null) dots += `M${at.join(" ")}h.1`;
      }
      isDown = value !== null;
    });
    const line = draw("path", { d: path, class: `line line-${number}` });
    return draw("g", {}, line, draw("path", { d: dots, class: `dots dots-${number}` }));
  });
  const ground = draw("path", { d: `M0 ${height - 4}H${width}`, class: "axis" });
  return picture(width, height, label, ground, ...paths);
}

/** Shares of bins: what is seen as bars, the reference as an outline over them. */
export function bars(reference, seen, label) {
  const [width, height] = [300, 110];
  const most = Math.max(...reference, ...seen, 0.01);
  const step = width / reference.length;
  const tall = (share) => ((height - 8) * share) / most;
  const parts = reference.flatMap((share, index) => {
    const at = step * index;
    const bar = draw("rect", {
      x: at + step * 0.2, y: height - 2 - tall(seen[index]), width: step * 0.6,
      height: tall(seen[index]), class: "seen",
    });
    const outline = draw("rect", {
      x: at + step * 0.08, y: height - 2 - tall(share), width: step * 0.84, height: tall(share),
      class: "reference",
    });
    return [bar, outline];
  });
  const ground = draw("path", { d: `M0 ${height - 2}H${width}`, class: "axis" });
  return picture(width, height, label, ground, ...parts);
}

/** How far a value is from its marks, on a scale that ends a half behind the last one. */
export function gauge(value, [warning, alert], label) {
  const [width, height] = [300, 18];
  const end = alert * 1.5;
  const at = (number) => (width * Math.min(number, end)) / end;
  const parts = [draw("rect", { x: 0, y: 6, width, height: 6, class: "scale" })];
  if (value !== null) {
    const level = value >= alert ? "alert" : value >= warning ? "warning" : "stable";
    parts.push(draw("rect", { x: 0, y: 6, width: Math.max(at(value), 1), height: 6, class: level }));
  }
  for (const mark of [warning, alert]) {
    parts.push(draw("path", { d: `M${at(mark)} 1V17`, class: "mark" }));
  }
  return picture(width, height, label, ...parts);
}

/** A ratio with its interval, from 0 to 1, and a floor. */
export function interval(estimate, floor, label) {
  const [width, height] = [160, 18];
  const at = (share) => 4 + (width - 8) * share;
  const parts = [
    draw("path", { d: `M4 9H${width - 4}`, class: "axis" }),
    draw("path", { d: `M${at(floor)} 2V16`, class: "mark" }),
    draw("path", { d: `M${at(estimate.low)} 9H${at(estimate.high)}`, class: "range" }),
    draw("circle", { cx: at(estimate.value), cy: 9, r: 4, class: "point" }),
  ];
  return picture(width, height, label, ...parts);
}
