// Charts from the JSON in data-chart: seconds, a unit, and series with a tone. The table below them holds the same.
"use strict";

(() => {
  const HEIGHT = 260;
  const drawn = new Map();
  const tone = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

  const seriesOf = (each, format) => ({
    label: each.label,
    stroke: tone(each.tone),
    width: each.bars ? 0 : 2,
    fill: each.bars ? tone(each.tone) : each.filled ? tone("accent-soft") : undefined,
    paths: each.bars ? uPlot.paths.bars({ size: [0.6, 36] }) : undefined,
    points: { show: !each.bars && each.values.length < 40 ? undefined : false },
    value: (_, value) => (value === null ? "–" : format(value)),
  });

  const optionsOf = (element, chart) => {
    const number = new Intl.NumberFormat("en", { minimumFractionDigits: chart.unit === "JPY" ? 0 : 2 });
    const format = (value) => `${number.format(value)} ${chart.unit}`;
    const axis = { stroke: tone("muted"), grid: { stroke: tone("line"), width: 1 }, ticks: { stroke: tone("line"), width: 1 }, font: "12px system-ui" };
    const step = chart.x.length > 1 ? chart.x[1] - chart.x[0] : 86400;
    const beside = chart.series.some((each) => each.bars) ? Math.max(step, 86400) / 2 : 0;
    return {
      width: element.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { range: (_, first, last) => [first - beside, last + beside] }, y: { range: (_, least, most) => uPlot.rangeNum(Math.min(0, least), Math.max(0, most), 0.08, true) } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((each) => new Date(each * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: chart.x.length && chart.x.at(-1) - chart.x[0] > 31e6 ? "2-digit" : undefined, timeZone: "UTC" })), space: 72 },
        { ...axis, size: 60, values: (_, ticks) => ticks.map((each) => compact.format(each)) },
      ],
      series: [
        { label: "Date", value: (_, seconds) => (seconds === null ? "–" : new Date(seconds * 1000).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })) },
        ...chart.series.map((each) => seriesOf(each, format)),
      ],
      bands: chart.series.flatMap((each, place) => (each.band ? [{ series: [place, place + 1], fill: `${tone("bad")}33` }] : [])),
    };
  };

  const draw = (element) => {
    drawn.get(element)?.destroy();
    drawn.delete(element);
    const chart = JSON.parse(element.dataset.chart);
    if (!element.clientWidth || !chart.x.length) return;
    drawn.set(element, new uPlot(optionsOf(element, chart), [chart.x, ...chart.series.map((each) => each.values)], element));
  };

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const known = drawn.get(target);
      if (!known) draw(target);
      else if (known.width !== target.clientWidth) known.setSize({ width: target.clientWidth, height: HEIGHT });
    }
  });

  const find = () => {
    for (const element of drawn.keys()) {
      if (element.isConnected) continue;
      drawn.get(element).destroy();
      drawn.delete(element);
    }
    for (const element of document.querySelectorAll("[data-chart]")) if (!drawn.has(element)) sizes.observe(element);
  };

  find();
  document.addEventListener("htmx:afterSettle", find);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [...drawn.keys()].forEach(draw));
})();
