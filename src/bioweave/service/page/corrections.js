// What a person changes about the mentions of a document; every change can be undone.

const WORD = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;

/** A document's mentions under correction. */
export class Corrections {
  constructor(found) {
    this.document = found;
    this.characters = [...found.text];
    this.mentions = ordered(found.mentions);
    this.past = [];
    this.words = wordsOf(found.text);
  }

  get canUndo() {
    return this.past.length > 0;
  }

  /** The document as it stands now, in the shape that the service takes. */
  get corrected() {
    return { ...this.document, mentions: this.mentions };
  }

  undo() {
    if (this.canUndo) this.mentions = this.past.pop();
  }

  remove(mention) {
    this.#replace(mention, []);
  }

  /** Another label: concepts and confidence were those of the old one. */
  relabel(mention, label) {
    return this.#made(mention, mention.start, mention.end, label);
  }

  add(start, end, label) {
    return this.#made(null, start, end, label);
  }

  /** Move the "start" or the "end" of a mention by a word, -1 to the left or 1 to the right. */
  move(mention, edge, direction) {
    const beyond = (word) => (word[edge] - mention[edge]) * direction > 0;
    // Words are in order: the nearest is the first one beyond, or the last one.
    const found = direction > 0 ? this.words.find(beyond) : this.words.findLast(beyond);
    if (!found) return mention;
    const to = found[edge];
    const [start, end] = edge === "start" ? [to, mention.end] : [mention.start, to];
    return start < end ? this.#made(mention, start, end, mention.label) : mention;
  }

  #made(old, start, end, label) {
    const text = this.characters.slice(start, end).join("");
    const made = { start, end, text, label, confidence: 1, concepts: [] };
    this.#replace(old, [made]);
    return made;
  }

  #replace(old, fresh) {
    this.past.push(this.mentions);
    this.mentions = ordered([...this.mentions.filter((one) => one !== old), ...fresh]);
  }
}

/** Where a text's words stand, in code points. */
export function wordsOf(text) {
  const words = [];
  let [read, at] = [0, 0];
  for (const found of text.matchAll(WORD)) {
    at += [...text.slice(read, found.index)].length;
    const end = at + [...found[0]].length;
    words.push({ start: at, end });
    [read, at] = [found.index + found[0].length, end];
  }
  return words;
}

function ordered(mentions) {
  return [...mentions].sort((one, two) => one.start - two.start || two.end - one.end);
}
