// Why a stretch of text is a mention, or is not: words by what they do to its probability.

import { make } from "./panel.js";
import { explained } from "./requests.js";

const METHODS = { occlusion: "each word hidden (fast)", shap: "SHAP", lime: "LIME" };
const N_HEAVIEST = 5;
// Where no word does more than this, none gets a strong colour.
const LEAST_SCALE = 0.02;

let method = "occlusion";

/** A button that asks, and the place for the answer; `asked` is {text, start, end, label}. */
export function explaining(title, asked, options) {
  const choice = make(
    "select",
    {},
    ...Object.entries(METHODS).map(([value, name]) =>
      make("option", { value, selected: value === method }, name),
    ),
  );
  choice.setAttribute("aria-label", "Method");
  const answer = make("div", { className: "weighed" });
  answer.setAttribute("role", "status");
  const button = make("button", { type: "button" }, title);
  button.addEventListener("click", async () => {
    method = choice.value;
    button.disabled = true;
    answer.replaceChildren("Asking the model…");
    try {
      const { explanations, told } = await explained(asked(), { ...options(), method });
      answer.replaceChildren(...shown(explanations[0], told[0]));
    } catch (error) {
      answer.replaceChildren(make("p", { className: "wrong" }, error.message));
    } finally {
      button.disabled = false;
    }
  });
  return make("div", {}, make("div", { className: "row" }, button, choice), answer);
}

function shown(explanation, told) {
  return [
    make("p", {}, told.verdict),
    sentence(explanation),
    heaviest(explanation),
    make(
      "dl",
      {},
      ...told.facts.flatMap(({ title, text }) => [make("dt", {}, title), make("dd", {}, text)]),
    ),
  ];
}

/** The sentence, each word tinted by its weight; the list below has the same as numbers. */
function sentence({ text, text_start: first, words, start, end }) {
  const characters = [...text];
  const scale = Math.max(LEAST_SCALE, ...words.map((word) => Math.abs(word.weight)));
  const paragraph = make("p", { className: "sentence" });
  let at = first;
  for (const word of words) {
    paragraph.append(characters.slice(at - first, word.start - first).join(""));
    const share = Math.round((100 * Math.abs(word.weight)) / scale);
    const element = make("span", { title: signed(word.weight) }, word.text);
    element.dataset.speaks = word.weight < 0 ? "against" : "for";
    element.style.setProperty("--share", `${share}%`);
    element.classList.toggle("asked", word.start >= start && word.end <= end);
    paragraph.append(element);
    at = word.end;
  }
  paragraph.append(characters.slice(at - first).join(""));
  return paragraph;
}

function heaviest({ words }) {
  const sorted = [...words].sort((one, two) => Math.abs(two.weight) - Math.abs(one.weight));
  const rows = sorted.slice(0, N_HEAVIEST).map((word) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, word.text),
      make("td", {}, signed(word.weight)),
      make("td", {}, word.weight < 0 ? "against" : "for"),
    ),
  );
  const caption = make("caption", {}, "What seeing a word adds to the probability");
  return make("table", {}, caption, make("tbody", {}, ...rows));
}

function signed(weight) {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(3)}`;
}
