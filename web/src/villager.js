// The respondents' pages with scripts. Each works without; see `collecting/page_script.py` for the words in W.
import { $, all, el } from "./dom.js";
import { arrange, goTo, nextBlank } from "./cards.js";
import { reviewPage } from "./review.js";

const AGAIN_AFTER = 15000;
const form = $("phieu");
const here = "?lang=" + document.documentElement.lang;
let sentAt = -AGAIN_AFTER;

// What is chosen stays beside the address, so that Back, reload and pages of errors give it back; nothing is on the disk.
const remember = (fields) => history.replaceState({ fields: "" + new URLSearchParams(fields) }, "", here);

function restore(fields) {
  new URLSearchParams(fields).forEach((value, name) => all(`[name="${name}"]`, form).forEach((field) => {
    if (/radio|checkbox/.test(field.type)) field.checked = field.checked || field.value === value;
    else if (field.type !== "submit" && name !== "_lang") field.value = value;
  }));
}

// The page in another language is fetched, and finds there what was chosen. Without such a place the form is sent.
function handOver() {
  try {
    sessionStorage.phieu = new URLSearchParams(new FormData(form));
    return true;
  } catch (_none) {
    return false;
  }
}

function handedOver() {
  try {
    const fields = sessionStorage.phieu || "";
    delete sessionStorage.phieu;
    return fields;
  } catch (_none) {
    return "";
  }
}

function look() {
  arrange(form);
  if (form.method) remember(new FormData(form));
}

function showReview() {
  const title = document.title, place = scrollY;
  const beside = [...document.querySelector("main").children, ...all(".lang")].filter((one) => !one.hidden);
  const send = el("button", { name: "_step", value: "send" });
  const close = () => { removeEventListener("popstate", leave); leave(); };
  function leave() {
    review.page.remove();
    beside.forEach((one) => { one.hidden = false; });
    document.title = title;
    scrollTo(0, place);
  }
  const review = reviewPage(form, W, () => { close(); history.back(); }, send);
  send.setAttribute("form", "phieu");
  beside.forEach((one) => { one.hidden = true; });
  document.querySelector("main").append(review.page);
  if (review.isEmpty) form.append(el("input", { type: "hidden", name: "_blank", value: "1" }));
  history.pushState(history.state, "", here);
  addEventListener("popstate", leave, { once: true });
  document.title = W.review;
  scrollTo(0, 0);
  review.heading.focus();
}

function submitted(event) {
  const step = event.submitter || { value: "review" };
  if (step.value === "review") {
    event.preventDefault();
    return showReview();
  }
  if (step.name === "_switch" && handOver()) {
    event.preventDefault();
    location.href = "?lang=" + step.value;
    return undefined;
  }
  if (event.timeStamp - sentAt < (step.value === "send" ? AGAIN_AFTER : 1000)) return event.preventDefault();
  sentAt = event.timeStamp;
  if (step.value !== "send") return undefined;
  $("gui").textContent = W.sending;
  $("gui").hidden = false;
  step.setAttribute("aria-disabled", true);
  setTimeout(() => {
    $("gui").textContent = W.again;
    step.removeAttribute("aria-disabled");
  }, AGAIN_AFTER);
  return undefined;
}

if (form && all("fieldset", form).length) {
  restore((history.state && history.state.fields) || handedOver());
  look();
  form.addEventListener("change", look);
  form.addEventListener("input", () => arrange(form));
  form.addEventListener("submit", submitted);
  if ($("trong")) $("trong").addEventListener("click", () => goTo(nextBlank(form)));
  addEventListener("pageshow", (event) => { if (event.persisted && sentAt > 0) location.reload(); });
} else if (document.querySelector("[data-sent]")) {
  // A reload fetches the page again: it tells that the answer is stored, and asks nobody whether to send once more.
  history.replaceState(null, "", here);
}
const first = document.querySelector("[role=alert]");
if (first && !document.querySelector("[autofocus]")) {
  first.tabIndex = -1;
  first.focus();
}
