// Making and finding elements; nothing of what they say.

export const $ = (id) => document.getElementById(id);

export function el(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(words, act, className = "") {
  const made = el("button", { type: "button", className }, words);
  made.addEventListener("click", act);
  return made;
}

// Read out by a screen reader when it comes. As an attribute: older browsers know no property of it.
export function announced(made, role = "status") {
  made.setAttribute("role", role);
  return made;
}

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// A text in which every telephone number is a link that calls it. A day or a code is none.
export const dialled = (text) => text.split(/((?:\+84|0)(?:[ .-]?\d){9,10}(?![\w-])|1[89]00(?:[ .-]?\d){4,6}(?![\w-]))/).map((piece, place) =>
  (place % 2 ? el("a", { href: "tel:" + piece.replace(/[^\d+]/g, "") }, piece) : piece));

export const fill = (sentence, values) =>
  Object.keys(values).reduce((said, name) => said.replace(`{${name}}`, values[name]), sentence);
