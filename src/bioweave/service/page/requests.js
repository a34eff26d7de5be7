// What the page asks the service.

import { identified, newId } from "./identities.js";
import { ask } from "./keys.js";

const BODY_TYPES = {
  txt: "text/plain",
  xml: "application/xml",
  jsonl: "application/x-ndjson",
  ndjson: "application/x-ndjson",
  pubtator: "text/x-pubtator",
};

/** The models and formats that are there. */
export async function offered() {
  const [models, formats] = await Promise.all(
    ["v1/models", "v1/formats"].map(async (path) => (await answered(await ask(path))).json()),
  );
  return { models: models.models, formats: formats.formats };
}

/** {documents, failed, fingerprint} for a text; the last names the bundle that was asked. */
export async function annotateText(text, options) {
  const body = JSON.stringify({ documents: [{ id: `text-${newId()}`, text }] });
  return foundIn(await annotate(body, "application/json", options));
}

/** The same for a file of any form that is read here. Documents without an id get one. */
export async function annotateFile(file, options) {
  const parts = file.name.toLowerCase().split(".");
  const isPacked = parts.at(-1) === "gz";
  const suffix = parts.at(isPacked ? -2 : -1);
  const type = suffix === "json" ? "application/json" : (BODY_TYPES[suffix] ?? "text/plain");
  const text = await textOf(file, isPacked);
  // What cannot be read here is sent as it is: the service says what is wrong with it.
  if (text === null) return foundAs(type, await annotate(file, type, options, isPacked));
  const { body, sent } = identified(text, type, file.name);
  return foundAs(sent, await annotate(body, sent, options));
}

/** Whether the text of corrections is kept, and for how many days they are. */
export async function feedbackTerms() {
  return (await answered(await ask("v1/feedback-terms"))).json();
}

/** {id, ...} of a correction that was accepted. */
export async function sendFeedback(feedback) {
  const answer = await ask("v1/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(feedback),
  });
  return (await answered(answer)).json();
}

/** Remove a correction. */
export async function takeBack(id) {
  await answered(await ask(`v1/feedback/${id}`, { method: "DELETE" }));
}

/** How the service does. */
export async function monitored() {
  return (await answered(await ask("v1/monitor"))).json();
}

/** The bytes of a document in a format. */
export async function converted(found, format) {
  const answer = await ask(`v1/convert?${new URLSearchParams({ to: format })}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ documents: [found] }),
  });
  return (await answered(answer)).blob();
}

/** {explanations, told} for a span of a text; `options` are {model, mode, method}. */
export async function explained(asked, options) {
  const answer = await ask(`v1/explain?${new URLSearchParams(options)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });
  return (await answered(answer)).json();
}

function foundAs(type, answer) {
  return type === "application/x-ndjson" ? foundInLines(answer) : foundIn(answer);
}

/** What a file holds, or null where that is no UTF-8, or no whole gzip. */
async function textOf(file, isPacked) {
  try {
    const unpacked = isPacked
      ? file.stream().pipeThrough(new DecompressionStream("gzip"))
      : file.stream();
    return new TextDecoder("utf-8", { fatal: true }).decode(await new Response(unpacked).arrayBuffer());
  } catch {
    return null;
  }
}

async function annotate(body, type, options, isPacked = false) {
  const headers = { "Content-Type": type, Accept: "application/json" };
  if (type === "application/x-ndjson") headers.Accept = type;
  if (isPacked) headers["Content-Encoding"] = "gzip";
  const query = new URLSearchParams(options);
  return answered(await ask(`v1/annotate?${query}`, { method: "POST", headers, body }));
}

async function answered(answer) {
  if (answer.ok) return answer;
  let detail = answer.statusText;
  try {
    detail = (await answer.json()).detail ?? detail;
  } catch {
    // Not from the service itself: the status has to do.
  }
  throw new Error(`${answer.status}: ${detail}`);
}

async function foundIn(answer) {
  const found = await answer.json();
  const { documents, failed } = found.documents ? found : { documents: [found], failed: [] };
  return { documents, failed, fingerprint: fingerprintOf(answer) };
}

async function foundInLines(answer) {
  const text = await answer.text();
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return {
    fingerprint: fingerprintOf(answer),
    documents: lines.filter((line) => !line.failed),
    failed: lines.filter((line) => line.failed).map((line) => line.failed),
  };
}

function fingerprintOf(answer) {
  return answer.headers.get("Bioweave-Fingerprint");
}
