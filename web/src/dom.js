// Making and finding elements; nothing of what they say.

export const $ = (id) => document.getElementById(id);

export function el(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export const fill = (sentence, values) =>
  Object.keys(values).reduce((said, name) => said.replace(`{${name}}`, values[name]), sentence);
