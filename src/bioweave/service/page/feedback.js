// Sends what a person made of a document, having said what becomes of it.

import { feedbackTerms, sendFeedback, takeBack } from "./requests.js";

const at = (id) => document.getElementById(id);
// What was sent of a document, for as long as the page is open: {id, mentions}.
const sent = new WeakMap();
let shown = null;
let asked = null;

/** Say what becomes of corrections; without an answer, nothing is offered. */
export async function offerFeedback() {
  try {
    const terms = await feedbackTerms();
    const days = `${terms.days.toLocaleString("en")} days`;
    at("terms").textContent = terms.text_kept
      ? `Sends the text, the mentions that were found and those as they stand now. All of it is kept for ${days}, with your comment.`
      : `Sends the text, the mentions that were found and those as they stand now. Kept for ${days}: places, labels and ids of concepts, and of the text and its name only a keyed checksum. The text is not kept.`;
    at("comment").closest("label").hidden = !terms.text_kept;
    at("feedback").hidden = false;
  } catch {
    at("feedback").hidden = true;
  }
}

/** The document that can be sent; `of` is {model, mode, fingerprint}: who found its mentions. */
export function showFeedback(corrections, of) {
  [shown, asked] = [corrections, of];
  const before = sent.get(corrections);
  const isSent = before?.mentions === corrections.mentions;
  at("send").textContent = corrections.canUndo ? "Send corrections" : "Send: all is right";
  at("send").disabled = isSent || !of.fingerprint;
  at("take-back").hidden = !before;
}

async function send() {
  const corrections = shown;
  const { document: found, mentions } = corrections;
  at("send").disabled = true;
  try {
    const kept = await sendFeedback({
      document: { id: found.id, text: found.text },
      ...asked,
      found: found.mentions.map(place),
      correct: mentions.map(place),
      comment: at("comment").value.trim() || null,
    });
    sent.set(corrections, { id: kept.id, mentions });
    say("Thank you: it is kept.");
  } catch (error) {
    say(error.message, true);
  }
  showFeedback(shown, asked);
}

async function unsend() {
  const corrections = shown;
  try {
    await takeBack(sent.get(corrections).id);
    sent.delete(corrections);
    say("It is removed.");
  } catch (error) {
    say(error.message, true);
  }
  showFeedback(shown, asked);
}

function place({ start, end, label, concepts }) {
  return { start, end, label, concepts: (concepts ?? []).map(({ id }) => ({ id })) };
}

function say(text, isWrong = false) {
  at("sent").textContent = text;
  at("sent").classList.toggle("wrong", isWrong);
}

at("send").addEventListener("click", send);
at("take-back").addEventListener("click", unsend);
