// A text with its mentions -> elements. Offsets are code points, as everywhere in bioweave; a
// string's own indices are not, which is why texts come here as arrays of characters.

const KNOWN = ["Disease", "Chemical", "Gene", "Species", "CellLine", "CellType", "Variant"];
const N_LEVELS = 4;

/** The number of a label's colour: known ones have their own, others share the last. */
export function hueOf(label) {
  const place = KNOWN.indexOf(label);
  return String(place < 0 ? KNOWN.length : place);
}

/** For each mention the height of its bar: those that share text get different ones. */
export function levelsOf(mentions) {
  const ends = [];
  return mentions.map((mention) => {
    let level = ends.findIndex((end) => end <= mention.start);
    if (level < 0) level = ends.length;
    ends[level] = mention.end;
    return Math.min(level, N_LEVELS - 1);
  });
}

/** Stretches of text under the same mentions, in order: {start, end, under: [places]}. */
export function stretchesOf(length, mentions) {
  const cuts = new Set([0, length]);
  for (const mention of mentions) cuts.add(mention.start).add(mention.end);
  const sorted = [...cuts].sort((left, right) => left - right);
  const starting = Map.groupBy
    ? Map.groupBy(mentions.keys(), (place) => mentions[place].start)
    : grouped(mentions);
  const stretches = [];
  let open = [];
  for (let index = 0; index + 1 < sorted.length; index += 1) {
    const [start, end] = [sorted[index], sorted[index + 1]];
    open = open.filter((place) => mentions[place].end > start);
    open.push(...(starting.get(start) ?? []));
    stretches.push({ start, end, under: [...open] });
  }
  return stretches;
}

function grouped(mentions) {
  const groups = new Map();
  mentions.forEach((mention, place) => {
    groups.set(mention.start, [...(groups.get(mention.start) ?? []), place]);
  });
  return groups;
}

/** Show the text; mentions have to be ordered by where they start. */
export function show(element, characters, mentions, chosen) {
  const levels = levelsOf(mentions);
  const parts = stretchesOf(characters.length, mentions).map(({ start, end, under }) => {
    const text = characters.slice(start, end).join("");
    if (under.length === 0) return withStart(document.createElement("span"), text, start);
    const inner = under.reduce((best, place) =>
      lengthOf(mentions[place]) < lengthOf(mentions[best]) ? place : best,
    );
    const mark = withStart(document.createElement("mark"), text, start);
    mark.dataset.hue = hueOf(mentions[inner].label);
    mark.dataset.places = [inner, ...under.filter((place) => place !== inner)].join(" ");
    const labels = under.map((place) => mentions[place].label).join(", ");
    mark.title = labels;
    // Colour alone would tell those who do not see it nothing.
    mark.setAttribute("role", "mark");
    mark.setAttribute("aria-label", `${labels}: ${text}`);
    if (under.includes(chosen)) mark.setAttribute("aria-current", "true");
    mark.classList.toggle("first", mentions[inner].start === start);
    mark.classList.toggle("last", mentions[inner].end === end);
    mark.classList.toggle("chosen", under.includes(chosen));
    mark.dataset.bars = String(1 + Math.max(...under.map((place) => levels[place])));
    for (const place of under) {
      const colour = `var(--bar-${hueOf(mentions[place].label)})`;
      mark.style.setProperty(`--line-${levels[place]}`, `linear-gradient(${colour} 0 0)`);
    }
    return mark;
  });
  const all = document.createDocumentFragment();
  for (const part of parts) all.append(part);
  element.replaceChildren(all);
}

function withStart(element, text, start) {
  element.textContent = text;
  element.dataset.start = String(start);
  return element;
}

function lengthOf(mention) {
  return mention.end - mention.start;
}
