/* Districts as tiles on a grid, or as their own outlines when the office has a GeoJSON file: plain SVG, no inline style. */

const SVG = "http://www.w3.org/2000/svg";
const STEPS = 5;
const SIDE = 96;

function draw(parent, tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

const step = (value, most) => (!value ? 0 : Math.max(1, Math.ceil((STEPS * value) / most)));

/* A tile holds five characters a line; a longer name is broken in the middle. */
const broken = (name) => {
  if (name.length <= 5) return [name];
  const half = Math.ceil(name.length / 2);
  return [name.slice(0, half), name.slice(half)];
};

function place(svg, row, name, value, most, shape, middle) {
  const href = row.dataset.href;
  const group = draw(svg, href ? "a" : "g", href ? { href } : {});
  draw(group, "title", {}, `${name} ${value ?? "—"}`);
  const level = step(value, most);
  shape(group, `tile tile-${level}`);
  const tone = level >= 4 ? " on-dark" : "";
  const lines = broken(name);
  const top = middle[1] - 8 - 9 * (lines.length - 1);
  lines.forEach((line, at) => draw(group, "text", { class: `tile-text${tone}`, x: middle[0], y: top + 18 * at }, line));
  draw(group, "text", { class: `tile-text tile-num${tone}`, x: middle[0], y: middle[1] + 16 + 7 * (lines.length - 1) }, value ?? "—");
}

function grid(svg, { categories, series, rows }, most) {
  let columns = 1;
  let lines = 1;
  rows.forEach((row, at) => {
    const x = Number(row.dataset.x ?? at % 6);
    const y = Number(row.dataset.y ?? Math.floor(at / 6));
    columns = Math.max(columns, x + 1);
    lines = Math.max(lines, y + 1);
    const box = { x: x * SIDE + 2, y: y * SIDE + 2, width: SIDE - 4, height: SIDE - 4, rx: 8 };
    place(svg, row, categories[at], series[0].values[at], most, (group, css) => draw(group, "rect", { ...box, class: css }),
      [x * SIDE + SIDE / 2, y * SIDE + SIDE / 2]);
  });
  svg.setAttribute("viewBox", `0 0 ${columns * SIDE} ${lines * SIDE}`);
}

const rings = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates.flat() : type === "Polygon" ? coordinates : []);

function outlines(svg, { categories, series, rows }, most, geo) {
  const points = geo.features.flatMap((feature) => rings(feature.geometry).flat());
  const [west, east] = [Math.min(...points.map((p) => p[0])), Math.max(...points.map((p) => p[0]))];
  const [south, north] = [Math.min(...points.map((p) => p[1])), Math.max(...points.map((p) => p[1]))];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = 560 / Math.max((east - west) * squeeze, north - south);
  const at = ([lon, lat]) => [(lon - west) * squeeze * scale, (north - lat) * scale];
  const byCode = new Map(rows.map((row, index) => [row.dataset.code, index]));
  for (const feature of geo.features) {
    const index = byCode.get(String(feature.properties.code ?? feature.properties.adcode));
    if (index === undefined) continue;
    const shapes = rings(feature.geometry).map((ring) => ring.map(at));
    const path = shapes.map((ring) => `M${ring.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`).join("");
    const outer = shapes.reduce((largest, ring) => (ring.length > largest.length ? ring : largest));
    const middle = [0, 1].map((axis) => outer.reduce((sum, point) => sum + point[axis], 0) / outer.length);
    place(svg, rows[index], categories[index], series[0].values[index], most,
      (group, css) => draw(group, "path", { d: path, class: css, "fill-rule": "evenodd" }), middle);
  }
  svg.setAttribute("viewBox", `-4 -4 ${(east - west) * squeeze * scale + 8} ${(north - south) * scale + 8}`);
}

export async function drawTiles(figure, data) {
  const most = Math.max(1, ...data.series[0].values.map((value) => value ?? 0));
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", figure.getAttribute("aria-label"));
  const geo = figure.dataset.geo && (await fetch(figure.dataset.geo).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null));
  if (geo?.features?.length) outlines(svg, data, most, geo);
  else grid(svg, data, most);
  figure.replaceChildren(svg);
}
