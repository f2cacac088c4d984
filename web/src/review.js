// Looking over on the phone: what displeases first, then what is left blank, then the rest. Each line leads to its card.
import { all, announced, button, el } from "./dom.js";
import { asked, goTo, isAnswered } from "./cards.js";
import { form, here } from "./page.js";
import { send } from "./sending.js";
import { close, show } from "./shown.js";

function words(card) {
  const topic = card.querySelector(".topic");
  if (topic) return topic.textContent[0].toUpperCase() + topic.textContent.slice(1);
  return [...card.querySelector("legend").childNodes]
    .filter((node) => node.nodeType === 3).map((node) => node.textContent).join(" ").trim();
}

function answer(card) {
  return all("input:checked,input[type=text],textarea", card)
    .map((field) => (field.checked ? field.parentNode.textContent : field.value).trim()).join(", ");
}

// Titles of groups in the order in which they are read over; the face tells how a two-way card was answered.
function groups() {
  const found = { against: [], blank: [], for: [], others: [] };
  const titles = { blank: W.blank, others: W.others };
  asked(form).forEach((card, place) => {
    let side = isAnswered(card) ? "others" : "blank";
    const chosen = card.querySelector(".two :checked");
    if (side === "others" && chosen) {
      side = chosen.parentNode.querySelector("use").getAttribute("href") === "#f1" ? "against" : "for";
      titles[side] = titles[side] || chosen.parentNode.textContent.trim();
    }
    found[side].push({ card, place, said: side === "others" ? answer(card) : "" });
  });
  return Object.keys(found).filter((side) => found[side].length)
    .map((side) => ({ title: titles[side], lines: found[side] }));
}

function line({ card, place, said }, leave) {
  const leading = button(`${place + 1}. `, () => { leave(); goTo(card); }, "plain");
  leading.append(el("span", {}, words(card)), " ", el("b", {}, said));
  return el("li", {}, leading);
}

// `leave` shows the form again.
function reviewPage(leave) {
  const isEmpty = !asked(form).some(isAnswered);
  const sends = button(isEmpty ? W.sendBlank : W.send, () => send(sends));
  sends.value = "send";
  const heading = el("h1", { tabIndex: -1 }, W.review);
  const page = el("section", { id: "xem" }, heading);
  if (isEmpty) {
    const meant = el("input", { type: "checkbox", id: "that" });
    sends.disabled = true;
    meant.addEventListener("change", () => { sends.disabled = !meant.checked; });
    page.append(el("div", { className: "box bad" }, el("p", {}, el("b", {}, W.empty)), el("p", {}, W.emptyMeans)),
      button(W.answer, leave), el("label", { className: "blank" }, meant, W.meant));
  } else {
    page.append(el("p", {}, W.press));
    groups().forEach((group) => page.append(
      el("h2", {}, `${group.title} (${group.lines.length})`),
      el("ul", { className: "lines" }, ...group.lines.map((one) => line(one, leave)))));
    page.append(el("p", { className: "box" }, el("b", {}, W.once)));
  }
  page.append(announced(el("p", { id: "gui", className: "box", hidden: true })), sends);
  return { page, heading };
}

export function showReview() {
  const place = scrollY;
  const closed = () => { close(); scrollTo(0, place); };
  const back = () => { removeEventListener("popstate", closed); closed(); history.back(); };
  show(reviewPage(back), W.review);
  history.pushState({ ...history.state, review: true }, "", here);
  addEventListener("popstate", closed, { once: true });
}
