// What the page asks the service.

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
    ["v1/models", "v1/formats"].map(async (path) => (await answered(await fetch(path))).json()),
  );
  return { models: models.models, formats: formats.formats };
}

/** {documents, failed} for a text. */
export async function annotateText(text, options) {
  const body = JSON.stringify({ documents: [{ id: "text", text }] });
  return (await annotate(body, "application/json", options)).json();
}

/** {documents, failed} for a file of any form that is read here. */
export async function annotateFile(file, options) {
  const parts = file.name.toLowerCase().split(".");
  const isPacked = parts.at(-1) === "gz";
  const suffix = parts.at(isPacked ? -2 : -1);
  if (suffix === "json") return annotateJson(file, options, isPacked);
  const type = BODY_TYPES[suffix] ?? "text/plain";
  const answer = await annotate(file, type, options, isPacked);
  if (type === "application/x-ndjson") return ofLines(await answer.text());
  const found = await answer.json();
  return found.documents ? found : { documents: [found], failed: [] };
}

/** The bytes of a document in a format. */
export async function converted(found, format) {
  const answer = await fetch(`v1/convert?${new URLSearchParams({ to: format })}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ documents: [found] }),
  });
  return (await answered(answer)).blob();
}

/** Both JSON forms end in .json: BioC's has passages. */
async function annotateJson(file, options, isPacked) {
  const text = isPacked ? "" : await file.text();
  const isBioc = text.includes('"passages"') && text.includes('"infons"');
  const type = isBioc ? "application/vnd.bioc+json" : "application/json";
  const found = await (await annotate(file, type, options, isPacked)).json();
  return found.documents ? found : { documents: [found], failed: [] };
}

async function annotate(body, type, options, isPacked = false) {
  const headers = { "Content-Type": type, Accept: "application/json" };
  if (type === "application/x-ndjson") headers.Accept = type;
  if (isPacked) headers["Content-Encoding"] = "gzip";
  const query = new URLSearchParams(options);
  return answered(await fetch(`v1/annotate?${query}`, { method: "POST", headers, body }));
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

function ofLines(text) {
  const lines = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return {
    documents: lines.filter((line) => !line.failed),
    failed: lines.filter((line) => line.failed).map((line) => line.failed),
  };
}
