// The cards of a form: which are asked, how they are numbered, how many are answered.
import { $, all } from "./dom.js";

export const isAnswered = (card) =>
  all("input,textarea", card).some((field) =>
    /radio|checkbox/.test(field.type) ? field.checked && field.value : field.value.trim());

export const asked = (form) => all("fieldset", form).filter((card) => !card.hidden);

// Shows what is asked after the answers so far, and numbers it without a gap.
export function arrange(form) {
  const cards = all("fieldset", form);
  cards.forEach((card) => {
    if (!card.dataset.if) return;
    const earlier = all(`[name="${card.dataset.if}"]`, form);
    card.hidden = earlier[0].closest("fieldset").hidden ||
      !earlier.some((field) => field.checked && card.dataset.in.split(" ").includes(field.value));
  });
  const shown = asked(form);
  shown.forEach((card, place) => {
    card.querySelector(".n").textContent = `${place + 1}/${shown.length}`;
  });
  const done = shown.filter(isAnswered).length;
  if ($("dem")) $("dem").textContent = `${done}/${shown.length}`;
  if ($("trong")) $("trong").hidden = done === shown.length;
}

// Leads to a card as a person would: in sight, and where typing and arrows go on.
export function goTo(card) {
  const fields = all("input:not([value='']),textarea", card);
  const field = fields.find((one) => one.checked) || fields[0];
  card.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
}

// The next card without an answer after what is in sight, else the first of the form.
export function nextBlank(form) {
  const blank = asked(form).filter((card) => !isAnswered(card));
  return blank.find((card) => card.getBoundingClientRect().top > 40) || blank[0];
}
