/* Draws every <figure data-chart> from the table it names; colours come from the style sheet and follow the theme. */

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { readTable } from "./table.js";
import { drawTiles } from "./tilemap.js";

use([BarChart, LineChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

const drawn = new Map();
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function theme() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(name).trim();
  return {
    ink: get("--ink"), quiet: get("--ink-2"), line: get("--line"), surface: get("--surface"),
    colours: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map(get),
  };
}

function common(colours, figure) {
  const text = { color: colours.quiet, fontFamily: getComputedStyle(figure).fontFamily, fontSize: 12 };
  return {
    animation: !calm.matches,
    animationDuration: 300,
    color: colours.colours,
    textStyle: text,
    aria: { enabled: true, label: { description: figure.getAttribute("aria-label") } },
    // Rich text draws the tooltip inside the SVG: its HTML form carries style attributes, which the policy refuses.
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: colours.surface, borderColor: colours.line,
      textStyle: { ...text, color: colours.ink }, shadowBlur: 0,
    },
  };
}

function cartesian(kind, data, colours, figure) {
  const base = common(colours, figure);
  const label = { color: colours.quiet, fontSize: 12 };
  return {
    ...base,
    tooltip: { ...base.tooltip, trigger: "axis" },
    legend: data.series.length > 1 ? { top: 0, right: 0, textStyle: label, itemWidth: 12, itemHeight: 8 } : undefined,
    grid: { left: 4, right: 8, top: data.series.length > 1 ? 34 : 14, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "category", data: data.categories, axisLabel: label, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: label, splitLine: { lineStyle: { color: colours.line } } },
    series: data.series.map(({ name, values }) => ({
      name, type: kind, data: values, barMaxWidth: 26, stack: "stack" in figure.dataset ? "all" : undefined,
      itemStyle: kind === "bar" ? { borderRadius: [3, 3, 0, 0] } : undefined,
      symbolSize: 7, lineStyle: { width: 2 }, emphasis: { disabled: true },
    })),
  };
}

/* A bar for each stage, kept to the middle: lengths compare honestly, where the area of a trapezoid would not. */
function funnel(data, colours, figure) {
  const values = data.series[0].values.map((value) => value ?? 0);
  const most = Math.max(1, ...values);
  const base = common(colours, figure);
  const bar = { type: "bar", stack: "funnel", barWidth: "64%", emphasis: { disabled: true } };
  return {
    ...base,
    grid: { left: 4, right: 64, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "value", max: most, show: false },
    yAxis: {
      type: "category", inverse: true, data: data.categories, axisLine: { show: false }, axisTick: { show: false },
      axisLabel: { color: colours.ink, fontSize: 13 },
    },
    series: [
      { ...bar, silent: true, data: values.map((value) => (most - value) / 2), itemStyle: { color: "transparent" }, tooltip: { show: false } },
      {
        ...bar, name: data.series[0].name, data: values, itemStyle: { borderRadius: 3, color: colours.colours[0] },
        label: { show: true, position: "right", color: colours.ink, fontSize: 13, fontWeight: 600 },
      },
    ],
  };
}

function option(figure, data) {
  const colours = theme();
  return figure.dataset.chart === "funnel" ? funnel(data, colours, figure) : cartesian(figure.dataset.chart, data, colours, figure);
}

function draw(figure) {
  const table = document.getElementById(figure.dataset.table);
  if (!table?.tHead) return;
  const data = readTable(table);
  if (!data.rows.length || !data.series.length) return;
  if (figure.dataset.chart === "tilemap") {
    drawTiles(figure, data);
    return;
  }
  let chart = drawn.get(figure);
  if (!chart) {
    chart = init(figure, null, { renderer: "svg" });
    drawn.set(figure, chart);
    new ResizeObserver(() => chart.resize()).observe(figure);
  }
  figure.setAttribute("role", "img");
  chart.setOption(option(figure, data), true);
}

const drawAll = (scope = document) => scope.querySelectorAll("figure[data-chart]").forEach(draw);

document.addEventListener("theme:changed", () => drawAll());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => drawAll());
else drawAll();
