// What the keyboard adds. Every action is a link or a form first: nothing here is needed, and without it all works.
"use strict";

const typing = (event) => event.target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("tr[data-row]")];
let going = 0;

// `g` and a letter go where the navigation says; `/` searches; `?` shows all keys.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return close(event);
  if (typing(event)) return;
  if (Date.now() - going < 1500 && follow(`[data-go="${CSS.escape(event.key)}"]`)) return event.preventDefault();
  going = event.key === "g" ? Date.now() : 0;
  if (step(event.key) || press(event.key)) event.preventDefault();
});

function close(event) {
  document.querySelectorAll("details.me[open]").forEach((each) => each.removeAttribute("open"));
  if (typing(event)) event.target.blur();
}

function follow(selector) {
  const found = document.querySelector(selector);
  if (found) found.click();
  return Boolean(found);
}

// `j` and `k` choose a row, Enter opens it, `x` ticks it.
function step(key) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("chosen"));
  if ((key === "j" || key === "k") && all.length) {
    const next = all[Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))];
    all.forEach((row) => row.classList.toggle("chosen", row === next));
    next.scrollIntoView({ block: "nearest" });
    const first = next.querySelector("a, input");
    if (first) first.focus({ preventScroll: true });
    return true;
  }
  const box = at >= 0 && key === "x" && all[at].querySelector("input[type=checkbox]");
  if (box) box.click();
  return Boolean(box);
}

// Whatever has `data-key` answers to that key: a button is pressed, a link followed, a field taken.
function press(key) {
  if (key === "?") {
    const help = document.getElementById("keys");
    if (help) help.open ? help.close() : help.showModal();
    return Boolean(help);
  }
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return false;
  if (found.matches("input:not([type=submit]), textarea, select")) found.focus();
  else found.click();
  return true;
}

// Arrows move between the cells of a matrix.
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest("table[data-arrows] td");
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (!cell || !moves[event.key] || !event.altKey && event.target.matches("select, input[type=text]")) return;
  const row = cell.parentElement;
  const [down, right] = moves[event.key];
  const body = [...row.parentElement.children];
  const target = body[body.indexOf(row) + down]?.children[cell.cellIndex + right]?.querySelector("select, input, a, button");
  if (target) { target.focus(); event.preventDefault(); }
});

// Copying a token or a set-up; without a clipboard the text can still be selected.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || !navigator.clipboard) return;
  navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
    button.textContent = button.dataset.copied;
  });
});
