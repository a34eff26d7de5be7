// A name of its own for every document that brings none: by it corrections are told apart, and
// removed.

/** A random id; pages that came over plain HTTP have no randomUUID. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** {body, sent}: a file's text, its documents with ids, and the content type that it then has. */
export function identified(text, type, name) {
  if (type === "text/plain") {
    const documents = [{ id: idIn(name), text }];
    return { body: JSON.stringify({ documents }), sent: "application/json" };
  }
  if (type === "application/x-ndjson") {
    const lines = text.split("\n").map((line) => (lacksId(parsed(line)) ? withId(line, name) : line));
    return { body: lines.join("\n"), sent: type };
  }
  if (type !== "application/json") return { body: text, sent: type };
  // Both JSON forms end in .json: BioC's has passages.
  if (text.includes('"passages"') && text.includes('"infons"')) {
    return { body: text, sent: "application/vnd.bioc+json" };
  }
  const data = parsed(text);
  if (lacksId(data)) return { body: withId(text, name), sent: type };
  if (!Array.isArray(data?.documents) || !data.documents.some(lacksId)) {
    return { body: text, sent: type };
  }
  const documents = data.documents.map((one) => (lacksId(one) ? { ...one, id: idIn(name) } : one));
  return { body: JSON.stringify({ ...data, documents }), sent: type };
}

function idIn(name) {
  return `${name}-${newId()}`;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function lacksId(one) {
  return typeof one?.text === "string" && (one.id ?? null) === null;
}

/** Everything else stays as it is written: numbers need not survive being read and written. */
function withId(text, name) {
  const id = idIn(name);
  const data = parsed(text);
  if ("id" in data) return JSON.stringify({ ...data, id });
  return text.replace("{", () => `{"id": ${JSON.stringify(id)}, `);
}
