// The chosen mention beside the text: what it is, where its concepts are explained, how to mend it.

import { hueOf } from "./marks.js";

const PAGES = {
  MESH: (id) => `https://meshb.nlm.nih.gov/record/ui?ui=${id}`,
  OMIM: (id) => `https://omim.org/entry/${id}`,
  NCBIGene: (id) => `https://www.ncbi.nlm.nih.gov/gene/${id}`,
  NCBITaxon: (id) => `https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id=${id}`,
};

/** An element with properties and children, in one call. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** A label in its colour. */
export function chip(label) {
  const element = make("span", { className: "chip" }, label);
  element.dataset.hue = hueOf(label);
  return element;
}

/**
 * Fill the panel. `actions` are {relabel, remove, move, add, why}; without a mention it says how
 * to add.
 */
export function fill(panel, mention, labels, actions, selected) {
  if (!mention) {
    panel.replaceChildren(...(selected ? adding(selected, labels, actions) : hints()));
    return;
  }
  const label = select(labels, mention.label, "Label");
  label.addEventListener("change", () => actions.relabel(label.value));
  panel.replaceChildren(
    make("h2", {}, mention.text),
    make(
      "dl",
      {},
      make("dt", {}, "Label"),
      make("dd", {}, label),
      make("dt", {}, "Confidence"),
      make("dd", {}, mention.confidence?.toFixed(2) ?? "none"),
      make("dt", {}, "Place"),
      make("dd", {}, `${mention.start}–${mention.end}`),
      make("dt", {}, "Concepts"),
      make("dd", {}, ...concepts(mention)),
    ),
    make(
      "div",
      { className: "row" },
      button("◂ start", () => actions.move("start", -1)),
      button("start ▸", () => actions.move("start", 1)),
      button("◂ end", () => actions.move("end", -1)),
      button("end ▸", () => actions.move("end", 1)),
      button("Remove", actions.remove),
    ),
    actions.why("Why?", () => ({ ...placeOf(mention), label: mention.label })),
  );
}

function concepts(mention) {
  if (!mention.concepts?.length) return ["none"];
  return mention.concepts.flatMap((concept, place) => {
    const [source, id] = concept.id.split(/:(.*)/s);
    const named = concept.name ? `${concept.name} (${concept.id})` : concept.id;
    // What a file names is not always a source, nor one that has a page.
    const page = Object.hasOwn(PAGES, source) && id ? PAGES[source](encodeURIComponent(id)) : null;
    const shown = page
      ? make("a", { href: page, target: "_blank", rel: "noopener noreferrer" }, named)
      : named;
    return place ? [make("br"), shown] : [shown];
  });
}

function adding(selected, labels, actions) {
  const label = select(labels, labels[0], "Label");
  return [
    make("h2", {}, selected.text),
    make(
      "div",
      { className: "row" },
      label,
      button("Add this mention", () => actions.add(label.value)),
    ),
    actions.why("Why not?", () => ({ ...placeOf(selected), label: label.value })),
  ];
}

function placeOf({ start, end }) {
  return { start, end };
}

function hints() {
  return [
    make("p", {}, "Choose a mention to see its concepts and to mend it."),
    make("p", {}, "Select a piece of text to add one that is missing."),
  ];
}

function select(labels, chosen, name) {
  const options = labels.map((label) =>
    make("option", { value: label, selected: label === chosen }, label),
  );
  const element = make("select", {}, ...options);
  element.setAttribute("aria-label", name);
  return element;
}

function button(text, onClick) {
  const element = make("button", { type: "button" }, text);
  element.addEventListener("click", onClick);
  return element;
}
