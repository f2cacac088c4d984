// The fields of the form: what is chosen in them, put back, emptied.
import { all } from "./dom.js";
import { asked, isAnswered } from "./cards.js";
import { form } from "./page.js";

export const fieldOf = (name) => form.querySelector(`input[name="${name}"]`);

export const answeredNames = () => new Set(asked(form).filter(isAnswered).flatMap((card) => all("input,textarea", card)).map((one) => one.name));

export const hasAnswers = (fields) => [...new URLSearchParams(fields)].some(([name, value]) => !name.startsWith("_") && value);

// Puts back what was on the page, but no answer to a question that is answered by now.
export function restore(fields, answered = new Set()) {
  const was = new URLSearchParams(fields);
  if (fields) all("input,textarea", form).filter((one) => !answered.has(one.name)).forEach((field) => {
    const values = was.getAll(field.name);
    if (/radio|checkbox/.test(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "submit" && field.name !== "_lang") [field.value] = values;
  });
}

export const empty = () => all("fieldset input,fieldset textarea", form).forEach((field) => {
  if (/radio|checkbox/.test(field.type)) field.checked = false;
  else field.value = "";
});

// The id under which the server counts a slip once, however often it is sent.
export function giveId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  fieldOf("_id").value = [...bytes]
    .map((byte, place) => (/^(4|6|8|10)$/.test(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}
