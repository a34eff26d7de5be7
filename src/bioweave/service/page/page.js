// The page: asks the service, shows what it found, and lets a person correct it.

import { Corrections } from "./corrections.js";
import { explaining } from "./explanation.js";
import { offerFeedback, showFeedback } from "./feedback.js";
import { forgetKey, hasKey } from "./keys.js";
import { show } from "./marks.js";
import { chip, fill, make } from "./panel.js";
import { annotateFile, annotateText, converted, offered } from "./requests.js";

// Code points that one question may bring.
const LONGEST = 20_000;

const at = (id) => document.getElementById(id);
const state = {
  models: [],
  // What bundles find, by their fingerprints.
  found: new Map(),
  formats: [],
  all: [],
  place: 0,
  hidden: new Set(),
  chosen: null,
  selected: null,
  // Who found the mentions: {model, mode, fingerprint}.
  asked: null,
};

const current = () => state.all[state.place];

/** The mentions that the filters let through. */
function visible() {
  const least = Number(at("confidence").value);
  return current().mentions.filter(
    (mention) => !state.hidden.has(mention.label) && (mention.confidence ?? 1) >= least,
  );
}

/** Labels that can be given: those of whoever found the mentions, and others that came along. */
function labels() {
  const model = state.models.find((one) => one.name === state.asked.model);
  const given = state.found.get(state.asked.fingerprint) ?? model?.labels ?? [];
  const own = current().mentions.map((mention) => mention.label);
  return [...new Set([...given, ...own])];
}

/** Have the models as they are now: another bundle may have been put under a name. */
async function learn() {
  const { models, formats } = await offered();
  Object.assign(state, { models, formats });
  for (const one of models) state.found.set(one.fingerprint, one.labels);
}

function draw() {
  const mentions = visible();
  if (!mentions.includes(state.chosen)) state.chosen = null;
  show(at("shown"), current().characters, mentions, mentions.indexOf(state.chosen));
  at("undo").disabled = !current().canUndo;
  at("least").value = Number(at("confidence").value).toFixed(2);
  drawLabels();
  drawPanel();
  showFeedback(current(), state.asked);
}

/** Only where it has changed, and with the focus where it was. */
function drawPanel() {
  const about = JSON.stringify([state.place, state.chosen, state.selected, labels()]);
  if (at("panel").dataset.about === about) return;
  const controls = () => [...at("panel").querySelectorAll("button, select, a")];
  const place = controls().indexOf(document.activeElement);
  at("panel").dataset.about = about;
  fill(at("panel"), state.chosen, labels(), actions, state.selected);
  if (place >= 0) (controls()[place] ?? at("shown")).focus();
  at("told").textContent = state.chosen ? `${state.chosen.label}: ${state.chosen.text}` : "";
}

function drawLabels() {
  const fieldset = at("labels");
  const boxes = labels().map((label) => {
    const box = make("input", { type: "checkbox", checked: !state.hidden.has(label) });
    box.addEventListener("change", () => {
      if (box.checked) state.hidden.delete(label);
      else state.hidden.add(label);
      draw();
      document.querySelector(`#labels [data-label="${CSS.escape(label)}"]`)?.focus();
    });
    box.dataset.label = label;
    const count = current().mentions.filter((mention) => mention.label === label).length;
    return make("label", {}, box, " ", chip(label), ` ${count}`);
  });
  fieldset.replaceChildren(fieldset.querySelector("legend"), ...boxes);
}

const actions = {
  relabel: (label) => choose(current().relabel(state.chosen, label)),
  move: (edge, direction) => choose(current().move(state.chosen, edge, direction)),
  add: (label) => {
    const { start, end } = state.selected;
    choose(current().add(start, end, label));
  },
  remove: () => {
    current().remove(state.chosen);
    choose(null);
  },
  why: (title, place) =>
    explaining(
      title,
      () => aroundOf(place()),
      () => ({ model: at("model").value, mode: at("mode").value }),
    ),
};

/** The text that a question about a place needs: all of it, or what the service takes of it. */
function aroundOf({ start, end, label }) {
  const { characters } = current();
  const first = Math.max(0, Math.min(start - LONGEST / 2, characters.length - LONGEST));
  const text = characters.slice(first, first + LONGEST).join("");
  return { text, start: start - first, end: end - first, label };
}

function choose(mention) {
  state.chosen = mention;
  state.selected = null;
  draw();
  document.querySelector("mark.chosen")?.scrollIntoView({ block: "nearest" });
}

function step(direction) {
  const mentions = visible();
  if (mentions.length === 0) return;
  const place = mentions.indexOf(state.chosen);
  const next = place < 0 && direction < 0 ? mentions.length - 1 : place + direction;
  choose(mentions[(next + mentions.length) % mentions.length]);
}

/** The selected text as code points, without the white space around it; null if there is none. */
function selection() {
  const chosen = document.getSelection();
  if (!chosen || chosen.isCollapsed || !at("shown").contains(chosen.anchorNode)) return null;
  if (!at("shown").contains(chosen.focusNode)) return null;
  const range = chosen.getRangeAt(0);
  let [start, end] = [
    offsetOf(range.startContainer, range.startOffset),
    offsetOf(range.endContainer, range.endOffset),
  ];
  const characters = current().characters;
  while (start < end && !characters[start].trim()) start += 1;
  while (start < end && !characters[end - 1].trim()) end -= 1;
  return start < end ? { start, end, text: characters.slice(start, end).join("") } : null;
}

function offsetOf(node, offset) {
  const before = document.createRange();
  before.setStart(at("shown"), 0);
  before.setEnd(node, offset);
  return [...before.toString()].length;
}

async function annotated(asking) {
  const button = at("annotate");
  button.disabled = true;
  say("Annotating…");
  const options = { model: at("model").value, mode: at("mode").value, link: at("link").checked };
  try {
    const { documents, failed, fingerprint } = await asking(options);
    if (!state.found.has(fingerprint)) await learn().catch(() => {});
    state.asked = { model: options.model, mode: options.mode, fingerprint };
    state.all = documents.map((found) => new Corrections(found));
    state.place = 0;
    Object.assign(state, { chosen: null, selected: null });
    offerDocuments();
    at("result").hidden = documents.length === 0;
    if (documents.length) draw();
    const count = documents.reduce((sum, found) => sum + found.mentions.length, 0);
    const reasons = failed.map((one) => `${one.id ?? "a document"}: ${one.reason}`);
    say([counted(count, "mention") + " in " + counted(documents.length, "document"), ...reasons].join("; "));
  } catch (error) {
    say(error.message, true);
  } finally {
    button.disabled = false;
  }
}

function offerDocuments() {
  at("documents").hidden = state.all.length < 2;
  const options = state.all.map((one, place) =>
    make("option", { value: String(place) }, one.document.id),
  );
  at("document").replaceChildren(...options);
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function say(text, isWrong = false) {
  at("status").textContent = text;
  at("status").classList.toggle("wrong", isWrong);
}

async function download() {
  const format = state.formats.find((one) => one.name === at("format").value);
  try {
    const url = URL.createObjectURL(await converted(current().corrected, format.name));
    const name = `${current().document.id.replaceAll(/[^\w.-]+/g, "_")}${format.suffix}`;
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    say(error.message, true);
  }
}

function open(file) {
  if (file) annotated((options) => annotateFile(file, options));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const moves = { "[": ["start", -1], "]": ["start", 1], "{": ["end", -1], "}": ["end", 1] };
  const given = labels()[Number(event.key) - 1];
  if (event.key === "ArrowRight") step(1);
  else if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "u") undo();
  else if (event.key === "a" && state.selected) actions.add(labels()[0]);
  else if (state.chosen && given) actions.relabel(given);
  else if (state.chosen && moves[event.key]) actions.move(...moves[event.key]);
  else if (state.chosen && event.key === "Delete") actions.remove();
  else return;
  event.preventDefault();
}

function undo() {
  current().undo();
  choose(null);
}

at("asking").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value;
  if (text.trim()) annotated((options) => annotateText(text, options));
  else say("There is no text yet.", true);
});
at("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("asking").requestSubmit();
});
at("text").addEventListener("dragover", (event) => {
  event.preventDefault();
  at("text").classList.add("dropping");
});
at("text").addEventListener("dragleave", () => at("text").classList.remove("dropping"));
at("text").addEventListener("drop", (event) => {
  at("text").classList.remove("dropping");
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  open(event.dataTransfer.files[0]);
});
at("upload").addEventListener("change", () => {
  open(at("upload").files[0]);
  // The same file again should be a change again.
  at("upload").value = "";
});
at("document").addEventListener("change", () => {
  state.place = Number(at("document").value);
  choose(null);
});
at("confidence").addEventListener("input", draw);
at("download").addEventListener("click", download);
at("undo").addEventListener("click", undo);
at("shown").addEventListener("keydown", onKey);
document.addEventListener("selectionchange", () => {
  // By mouse, finger or keyboard alike; what was selected stays until something else is chosen.
  const selected = at("result").hidden ? null : selection();
  if (!selected) return;
  state.selected = selected;
  state.chosen = null;
  for (const mark of document.querySelectorAll("mark.chosen")) mark.classList.remove("chosen");
  drawPanel();
});
at("shown").addEventListener("click", (event) => {
  if (selection()) return;
  const places = event.target.closest("mark")?.dataset.places.split(" ").map(Number) ?? [];
  const mentions = visible();
  // Again on the same place: the next of the mentions that share it.
  const again = places.indexOf(mentions.indexOf(state.chosen));
  choose(places.length ? mentions[places[(again + 1) % places.length]] : null);
});

try {
  await learn();
  const named = (one) => make("option", { value: one.name }, one.name);
  at("model").replaceChildren(...state.models.map(named));
  at("format").replaceChildren(...state.formats.map(named));
  at("link").checked = state.models[0].linked_labels.length > 0;
} catch (error) {
  say(error.message, true);
  at("session").hidden = !error.message.startsWith("401");
}
offerFeedback();
if (hasKey()) {
  Object.assign(at("session"), { hidden: false, textContent: "Sign out" });
  // What the browser itself asks for goes without the key.
  at("metrics").hidden = true;
}
at("session").addEventListener("click", () => {
  forgetKey();
  location.reload();
});
