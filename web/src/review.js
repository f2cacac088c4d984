// Looking over on the phone: what displeases first, then what is left blank, then the rest. Each line leads to its card.
import { all, el } from "./dom.js";
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

// Titles of groups in the order in which they are read over; what two-way cards are answered is told by its face.
function groups(form, W) {
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
  const button = el("button", { type: "button", className: "plain" },
    `${place + 1}. `, el("span", {}, words(card)), " ", el("b", {}, said));
  button.addEventListener("click", () => { leave(); goTo(card); });
  return el("li", {}, button);
}

// The page that is looked over. `leave` shows the form again; `send` is the button that sends.
function reviewPage(form, W, leave, send) {
  const isEmpty = !asked(form).some(isAnswered);
  const heading = el("h1", { tabIndex: -1 }, W.review);
  const page = el("section", { id: "xem" }, heading);
  if (isEmpty) {
    const back = el("button", { type: "button" }, W.answer);
    back.addEventListener("click", leave);
    const meant = el("input", { type: "checkbox", id: "that" });
    send.disabled = true;
    meant.addEventListener("change", () => { send.disabled = !meant.checked; });
    page.append(el("div", { className: "box bad" }, el("p", {}, el("b", {}, W.empty)), el("p", {}, W.emptyMeans)),
      back, el("label", { className: "blank" }, meant, W.meant));
  } else {
    page.append(el("p", {}, W.press));
    groups(form, W).forEach((group) => page.append(
      el("h2", {}, `${group.title} (${group.lines.length})`),
      el("ul", { className: "lines" }, ...group.lines.map((one) => line(one, leave)))));
    page.append(el("p", { className: "box" }, el("b", {}, W.once)));
  }
  send.textContent = isEmpty ? W.sendBlank : W.send;
  page.append(el("p", { id: "gui", className: "box", hidden: true }), send);
  page.querySelector("#gui").setAttribute("role", "status");
  return { page, heading, isEmpty };
}

export function showReview() {
  const place = scrollY;
  const closed = () => { close(); scrollTo(0, place); };
  const back = () => { removeEventListener("popstate", closed); closed(); history.back(); };
  const button = el("button", { type: "button", value: "send" });
  button.addEventListener("click", () => send(button));
  show(reviewPage(form, W, back, button), W.review);
  history.pushState({ ...history.state, review: true }, "", here);
  addEventListener("popstate", closed, { once: true });
}
