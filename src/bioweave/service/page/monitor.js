// The live page: asks how the service does every few seconds, as long as somebody looks.

import { bars, gauge, interval, lines } from "./charts.js";
import { hasKey } from "./keys.js";
import { chip, make } from "./panel.js";
import { monitored } from "./requests.js";

const LEAST_SECONDS = 2;
const LEVELS = {
  unknown: "too few",
  stable: "stable",
  warning: "look",
  alert: "alert",
};

const at = (id) => document.getElementById(id);
const kept = new Map();
let timer = null;
let isPaused = false;

/** What `making` makes, once for each name: it stays, with the focus and what is unfolded in it. */
function once(name, making) {
  if (!kept.has(name)) kept.set(name, making());
  return kept.get(name);
}

/** The same elements in this order; nothing is touched where they are so already. */
function arrange(parent, elements) {
  const isSame =
    parent.children.length === elements.length &&
    elements.every((element, place) => parent.children[place] === element);
  if (!isSame) parent.replaceChildren(...elements);
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

async function refresh() {
  clearTimeout(timer);
  let seconds = LEAST_SECONDS;
  try {
    const report = await monitored();
    seconds = Math.max(LEAST_SECONDS, report.seconds);
    show(report);
    say(`Judged at ${clock(report.time)}, every ${rounded(report.seconds)} s`);
  } catch (error) {
    say(`The service does not tell: ${error.message}`, true);
    seconds = 5;
  }
  if (!document.hidden && !isPaused) timer = setTimeout(refresh, seconds * 1000);
}

function say(text, isWrong = false) {
  put(at("judged"), text);
  at("judged").classList.toggle("wrong", isWrong);
}

function show(report) {
  showAlerts(report.alerts);
  showTraffic(report.moments);
  arrange(at("models"), report.models.map((model) => modelOf(model, report.marks)));
}

function showAlerts(alerts) {
  const wrong = alerts.filter((alert) => alert.state === "firing");
  const soon = alerts.filter((alert) => alert.state === "pending");
  const items = [...wrong, ...soon].map((alert) => {
    const name = `alert ${alert.model} ${alert.alert}`;
    const item = once(name, () => make("li", {}, make("strong"), " ", make("span")));
    item.className = alert.state;
    const isFiring = alert.state === "firing";
    put(item.children[0], `${isFiring ? "Firing" : "Pending"}: ${alert.alert}`);
    put(item.children[1], `(${alert.model}, since ${clock(alert.since)}) ${alert.summary}`);
    return item;
  });
  arrange(at("alerts"), items);
  at("calm").hidden = items.length > 0;
  const told = wrong.map((alert) => `${alert.alert} of ${alert.model}`).join(", ");
  // Heard by a screen reader when it changes, and only then.
  put(at("told"), told ? `Firing: ${told}` : "No alert fires");
  document.title = `${wrong.length ? `(${wrong.length}) ` : ""}bioweave: monitor`;
}

function showTraffic(moments) {
  const last = (values) => values.at(-1) ?? null;
  const charts = [
    ["words", "Words per second", [{ name: "words", values: moments.words }], rounded(last(moments.words))],
    [
      "requests",
      "Requests per second",
      [
        { name: "all", values: moments.requests },
        { name: "answered 5xx", values: moments.errors },
      ],
      `${rounded(last(moments.requests))}, 5xx ${rounded(last(moments.errors))}`,
    ],
    [
      "latency",
      "Latency of annotation",
      [
        { name: "median", values: moments.median },
        { name: "95%", values: moments.p95 },
      ],
      last(moments.p95) === null
        ? "no request"
        : `${latency(last(moments.median))} median, ${latency(last(moments.p95))} p95`,
    ],
    [
      "queue",
      "Characters that wait",
      [{ name: "waiting", values: moments.waiting_characters }],
      rounded(last(moments.waiting_characters)),
    ],
  ];
  const figures = charts.map(([name, title, series, now]) => {
    const figure = once(`traffic ${name}`, () =>
      make(
        "figure",
        {},
        make("figcaption", {}, make("span", {}, title), " ", make("b")),
        make("div"),
        make("p", { className: "legend" }, make("span"), ...legend(series)),
      ),
    );
    put(figure.querySelector("b"), now);
    const most = Math.max(0, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
    put(figure.querySelector(".legend span"), `0 to ${name === "latency" ? latency(most) : rounded(most)}`);
    figure.querySelector("div").replaceChildren(lines(series, `${title}, the last minutes; now ${now}`));
    return figure;
  });
  arrange(at("traffic"), figures);
}

function legend(series) {
  if (series.length < 2) return [];
  return series.map(({ name }, number) => make("span", { className: `key key-${number}` }, name));
}

function modelOf(model, marks) {
  const section = once(`model ${model.name} ${model.fingerprint}`, () =>
    make(
      "section",
      {},
      make("h2", {}, `Model ${model.name}`, " ", make("small", {}, `${model.title}, ${model.fingerprint}`)),
      make("p", { className: "compared" }),
      make("p", { className: "legend" }, make("span", { className: "key key-seen" }, "seen"), make("span", { className: "key key-reference" }, "reference"), make("span", {}, "PSI: population stability index. JS: Jensen-Shannon distance. Both without what chance alone makes of so many documents.")),
      make("div", { className: "cards" }),
      make("div", { className: "qualities" }),
    ),
  );
  const [, compared, key, cards, qualities] = section.children;
  put(compared, comparison(model));
  key.hidden = model.signals.length === 0;
  arrange(cards, model.signals.map((signal) => signalOf(model, signal, marks)));
  arrange(qualities, [
    qualityOf(model, "documents", model.quality, marks),
    qualityOf(model, "days", model.quality_of_days, marks),
  ]);
  return section;
}

function comparison(model) {
  if (!model.reference) {
    return `Its bundle has no reference: one is learned from the first ${counted(model.to_learn, "document")}, ${model.learned.toLocaleString("en")} of them are there.`;
  }
  const { source, documents, origin } = model.reference;
  const of = origin === "bundle" ? `${counted(documents, "document")} of ${source}, recorded in its bundle` : source;
  const few = model.documents < model.least_documents ? `, and ${model.least_documents.toLocaleString("en")} are needed to tell` : "";
  return `The last ${counted(model.documents, "document")}${few}, beside ${of}.`;
}

function signalOf(model, signal, marks) {
  const card = once(`signal ${model.name} ${model.fingerprint} ${signal.name}`, () => {
    const table = make("table", {}, make("tbody"));
    return make(
      "article",
      { className: "card" },
      make("h3", {}, make("span", {}, signal.title), " ", make("b", { className: "level" })),
      make("div"),
      make("p", { className: "bins", ariaHidden: "true" }, ...ends(signal).map((bin) => make("span", {}, bin))),
      make("p", { className: "number" }),
      make("div"),
      make("p", { className: "number" }),
      make("div"),
      make("details", {}, make("summary", {}, "Numbers"), table, make("p")),
    );
  });
  const [title, chart, , psi, psiGauge, js, jsGauge, details] = card.children;
  const level = title.querySelector(".level");
  put(level, LEVELS[signal.level]);
  level.dataset.level = signal.level;
  const spoken = signal.bins.map((bin, place) => `${bin}: ${percent(signal.seen[place])} (${percent(signal.reference[place])})`);
  chart.replaceChildren(bars(signal.reference, signal.seen, `${signal.title}, seen (and reference): ${spoken.join(", ")}`));
  put(psi, `PSI ${fixed(signal.psi_excess)}, look at ${marks.drift_warning}, alert at ${marks.drift_alert}`);
  psiGauge.replaceChildren(gauge(signal.psi_excess, [marks.drift_warning, marks.drift_alert], `Population stability index ${fixed(signal.psi_excess)}`));
  put(js, `JS ${fixed(signal.js_excess)}, look at ${fixed(marks.js_warning)}, alert at ${fixed(marks.js_alert)}`);
  jsGauge.replaceChildren(gauge(signal.js_excess, [marks.js_warning, marks.js_alert], `Jensen-Shannon distance ${fixed(signal.js_excess)}`));
  // What is folded away is filled when somebody unfolds it.
  details.ontoggle = () => fillNumbers(details, signal);
  if (details.open) fillNumbers(details, signal);
  return card;
}

/** What stands below a histogram: all of a few bins, or the first and the last of many. */
function ends({ name, bins }) {
  return name === "labels" && bins.length < 6 ? bins : [bins[0], bins.at(-1)];
}

function fillNumbers(details, signal) {
  const head = make("tr", {}, ...["", "seen", "reference"].map((name) => make("th", { scope: "col" }, name)));
  const rows = signal.bins.map((bin, place) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, bin),
      make("td", {}, percent(signal.seen[place])),
      make("td", {}, percent(signal.reference[place])),
    ),
  );
  details.querySelector("tbody").replaceChildren(head, ...rows);
  const chance = `PSI by its formula ${fixed(signal.psi)}; chance alone makes ${fixed(signal.psi_noise)}, and more than ${fixed(signal.psi_ceiling)} once in 1,000 times.`;
  put(details.querySelector("p"), signal.psi === null ? "" : chance);
}

function qualityOf(model, window, quality, marks) {
  const of = window === "days" ? `the last ${counted(marks.quality_days, "day")}` : "the documents that were corrected last";
  const block = once(`quality ${model.name} ${model.fingerprint} ${window}`, () =>
    make(
      "div",
      { className: "quality" },
      make("h3", {}, `Quality, ${of}`),
      make("p"),
      make("div", { className: "wide", tabIndex: 0, role: "group", ariaLabel: `Quality, ${of}` }, make("table")),
    ),
  );
  const [, told, wide] = block.children;
  const isEnough = (quality?.documents ?? 0) >= marks.least_corrected;
  const few = isEnough ? "" : `; ${marks.least_corrected} are needed for an alert below ${marks.quality_floor}`;
  put(told, quality ? `${counted(quality.documents, "corrected document")}${few}.` : "Nothing was corrected yet.");
  wide.hidden = !quality;
  if (quality) wide.firstChild.replaceChildren(...qualityRows(quality, marks));
  return block;
}

function qualityRows(quality, marks) {
  const measures = ["precision", "recall", "f1"];
  const head = make("tr", {}, ...["", ...measures.map((name) => (name === "f1" ? "F1" : name)), "", "mentions"].map((name) => make("th", { scope: "col" }, name)));
  const rows = quality.labels.map((one) => {
    const picture = one.f1
      ? interval(one.f1, marks.quality_floor, `F1 of ${one.label} ${fixed(one.f1.value)}, from ${fixed(one.f1.low)} to ${fixed(one.f1.high)}`)
      : "";
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, one.label === "all" ? "all" : chip(one.label)),
      ...measures.map((measure) => make("td", {}, estimate(one[measure]))),
      make("td", { className: "picture" }, picture),
      make("td", {}, one.support.toLocaleString("en")),
    );
  });
  return [head, ...rows];
}

function estimate(one) {
  return one ? `${fixed(one.value)} (${fixed(one.low)}–${fixed(one.high)})` : "none";
}

function fixed(value) {
  return value === null ? "unknown" : value.toFixed(3);
}

function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

function rounded(value) {
  if (value === null) return "0";
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function latency(seconds) {
  return seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`;
}

function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function clock(time) {
  return new Date(time).toLocaleTimeString();
}

at("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  at("pause").textContent = isPaused ? "Go on" : "Pause";
  at("pause").setAttribute("aria-pressed", String(isPaused));
  if (isPaused) clearTimeout(timer);
  else refresh();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (!isPaused) refresh();
});
at("metrics").hidden = hasKey();
refresh();
