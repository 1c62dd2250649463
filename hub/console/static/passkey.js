// Passkeys (WebAuthn): the page holds the hub's question, the browser answers it, the form carries the answer.
// Without JavaScript, or where the browser has no passkeys, the button stays hidden and password and code are there.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(question) {
  const options = JSON.parse(question);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials])
    for (const each of list || []) each.id = bytes(each.id);
  return options;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

// A question is good for minutes and once: one that has stood longer is asked for anew.
async function fresh(form) {
  if (Date.now() - loaded < 240000) return form.dataset.question;
  const page = await (await fetch(location.href)).text();
  const found = new DOMParser().parseFromString(page, "text/html").getElementById(form.id);
  return found ? found.dataset.question : form.dataset.question;
}

async function answer(form) {
  const options = { publicKey: read(await fresh(form)) };
  const made = form.dataset.passkey === "create";
  const credential = await (made ? navigator.credentials.create(options) : navigator.credentials.get(options));
  form.elements.answer.value = written(credential);
  form.submit();
}

const loaded = Date.now();
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-start]");
  const failed = form.querySelector("[data-failed]");
  if (!window.PublicKeyCredential || !button) continue;
  form.hidden = false;
  button.addEventListener("click", () => {
    failed.hidden = true;
    answer(form).catch(() => { failed.hidden = false; });
  });
}
