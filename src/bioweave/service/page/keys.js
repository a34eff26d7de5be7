// Asks the service with a key, where it wants one: a header on each request and no cookie, so that
// no other page can ask in its name. The key stays in this tab, and is forgotten with it.

const STORED = "bioweave-key";
const FORM = "\\s*bw_[a-z2-7]{12}_[0-9A-Za-z]{49}\\s*";

let signingIn = null;
let isDeclined = false;

/** Whether a key is in use. */
export function hasKey() {
  return sessionStorage.getItem(STORED) !== null;
}

/** Forget the key. */
export function forgetKey() {
  sessionStorage.removeItem(STORED);
}

/**
 * As `fetch`; where a key is wanted, asks whoever looks at the page for one and tries again. Once
 * that was declined nobody is asked any more until the page is loaded again.
 */
export async function ask(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(STORED);
    const answer = await fetch(path, keyed(options, key));
    if (answer.status !== 401 || isDeclined) return answer;
    // Another request may have got a new key meanwhile.
    if (sessionStorage.getItem(STORED) !== key) continue;
    const told = key === null ? null : await reasonOf(answer);
    signingIn ??= signIn(told).finally(() => {
      signingIn = null;
    });
    isDeclined = !(await signingIn);
    if (isDeclined) return answer;
  }
}

function keyed(options, key) {
  if (key === null) return options;
  const headers = new Headers(options.headers);
  headers.set("Authorization", `Bearer ${key}`);
  return { ...options, headers };
}

async function reasonOf(answer) {
  try {
    return (await answer.clone().json()).detail;
  } catch {
    return "This key does not open the service.";
  }
}

/** Shows the form until a key is given (true) or it is closed (false). */
function signIn(told) {
  const key = made("input", { type: "password", name: "key", required: true });
  // A manager of passwords may keep it; nothing may mend it.
  Object.assign(key, { autocomplete: "current-password", spellcheck: false, placeholder: "bw_…" });
  key.setAttribute("autocapitalize", "off");
  Object.assign(key, { pattern: FORM, title: "A key begins with bw_ and has 65 characters." });
  const notNow = made("button", { type: "button" }, "Not now");
  const form = made(
    "form",
    { method: "dialog" },
    made("h2", {}, "Sign in"),
    made("p", {}, "This service answers to those who have a key."),
    made("p", { className: "wrong", role: "alert" }, told ?? ""),
    made("label", {}, "Key ", key),
    made(
      "div",
      { className: "row" },
      made("button", { type: "submit", value: "given" }, "Sign in"),
      notNow,
    ),
    made("p", { className: "keys" }, "It is sent to this service alone and forgotten with this tab."),
  );
  const dialog = made("dialog", { className: "sign-in" }, form);
  dialog.setAttribute("aria-label", "Sign in");
  notNow.addEventListener("click", () => dialog.close(""));
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const given = dialog.returnValue === "given" ? key.value.trim() : "";
      if (given) sessionStorage.setItem(STORED, given);
      else forgetKey();
      dialog.remove();
      resolve(given !== "");
    });
    dialog.showModal();
    key.focus();
  });
}

function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
