// The pages and boxes that say what this phone keeps: which slips are unsent and until when, which were refused and why.
import { announced, button, dialled, el, fill } from "./dom.js";
import { here } from "./page.js";
import { UNFIT, isWaiting } from "./queue.js";

const DAY = 86400000;
// A phone that was without power long enough believes in 1970; one that was set wrongly in any other year.
const clockIsWrong = (now = new Date()) => now.getFullYear() < 2026 || now.getFullYear() > 2036;

export const inZalo = /Zalo/i.test(navigator.userAgent);
const onIphone = /iP(hone|ad|od)/.test(navigator.userAgent);

// Wiping takes a second press, because nothing brings back what was wiped.
function wipeButton(wipe) {
  const made = button(W.wipe, () => {
    if (made.textContent === W.surely) wipe();
    else made.textContent = W.surely;
  }, "plain");
  return made;
}

function whatToKnow(slip) {
  const lines = [], lasting = !slip.fleeting;
  const days = Math.floor((Date.now() - slip.at) / DAY);
  if (slip.before) lines.push(fill(W.before, { day: slip.before }));
  lines.push(lasting ? W.how : W.notKept);
  if (clockIsWrong()) lines.push(W.clock);
  else if (days >= 3) lines.push(fill(W.days, { n: days }));
  if (lasting && onIphone) lines.push(W.iphone);
  return lines.map((words) => el("p", {}, words));
}

// Where nothing that sending again could change is wrong with a slip: its code, the time, what was sent before.
const FINAL = /^(ma-|da-|noi-dung)/;

// Why a slip was refused, and what to do next, with every telephone number as a link that calls it.
const whatNext = ({ message, steps }) => [el("p", {}, el("b", {}, message)),
  ...(steps || []).map((step) => el("p", {}, ...dialled(step)))];

// The page of one slip that is on its way, or that the server refused. Without `another` no other can be begun beside it.
export function slipPage(slip, { again, wipe, another }) {
  const waits = isWaiting(slip);
  const heading = el("h1", { tabIndex: -1 }, waits ? W.waiting : W.refused);
  const said = waits ? whatToKnow(slip) : [...whatNext(slip.refusal), el("p", {}, W.stillHere)];
  const box = announced(el("div", { className: waits ? "box" : "box bad" }, ...said));
  const page = el("section", { id: "cho" }, heading);
  if (waits) page.append(el("p", { className: "unsent" }, fill(W.unsent, { n: 1 })));
  page.append(box);
  if (waits) page.append(button(W.now, again));
  else if (slip.refusal.error === UNFIT) page.append(button(W.answer, again));
  else if (!FINAL.test(slip.refusal.error)) page.append(button(W.retry, again));
  if (another) page.append(button(W.another, another, "plain"));
  page.append(wipeButton(wipe));
  return { page, heading };
}

// The thanks of a slip that the server has, and has signed. A receipt names its survey first. On a link `another` begins the slip of the next person.
export function thanksPage(receipt, another) {
  const heading = el("h1", { tabIndex: -1 }, W.thanks);
  const box = announced(el("div", { className: receipt.annulled ? "box bad" : "box" },
    el("p", {}, el("b", {}, receipt.annulled ? W.annulled : another ? W.recordedFeedback : W.recorded))));
  const result = another && el("a", { href: `/ket-qua/${receipt.receipt.match(/^(?:BN )?(\w+)/)[1]}${here}` }, W.see);
  if (!receipt.annulled) box.append(another ? el("p", {}, `${W.nextFeedback} `, result) : el("p", {}, W.next));
  const page = el("section", { id: "cam-on" }, heading, box,
    el("p", {}, W.receipt, el("br"), el("b", { className: "code" }, receipt.receipt)),
    el("p", {}, W.note),
    el("details", {}, el("summary", {}, W.proof), el("p", { className: "code" }, `${receipt.leaf} ${receipt.signature}`)),
    el("p", {}, el("a", { href: W.checkAt }, W.check)));
  if (another) page.append(button(W.another, another, "plain"));
  return { page, heading };
}

// What stands above any page while the phone keeps slips of others, or of this one. `later` a newer script wrote: what is in
// them this page cannot tell, and says so.
export function counter(waiting, refused, later, { again, wipe }) {
  const box = announced(el("div", { className: "box", id: "dem-cho" }));
  if (waiting.length) {
    const oldest = waiting.reduce((one, other) => (other.at < one.at ? other : one));
    box.append(el("p", { className: "unsent" }, fill(W.unsent, { n: waiting.length })), ...whatToKnow(oldest));
  }
  if (refused.length) {
    box.append(el("p", { className: "unsent" }, fill(W.toLookAt, { n: refused.length })),
      ...refused.map((slip) => el("div", {}, el("a", { href: slip.page + here }, W.open), ...whatNext(slip.refusal),
        wipeButton(() => wipe(slip)))));
  }
  if (waiting.length) box.append(button(W.now, again));
  if (later.length) box.append(el("p", {}, fill(W.later, { n: later.length })), button(W.reload, () => location.reload()));
  return box;
}

// At the end of every form: that this phone keeps what is chosen, and how to have it forget.
export const keepingNote = (wipe) => el("div", { id: "giu" }, el("p", { className: "muted" }, W.keeps), wipeButton(wipe));

// The same where it keeps nothing, or nothing more.
export const noRoomNote = () => announced(el("p", { id: "giu", className: "box bad" }, el("b", {}, W.noRoom)));

export const draftOffer = (use, wipe) => announced(
  el("div", { className: "box draft" }, el("p", {}, el("b", {}, W.kept)), button(W.use, use), wipeButton(wipe)));

// Zalo's own browser keeps nothing: the page can be opened in one that does. Where no link leads out of it, words do.
export function otherBrowser() {
  const target = location.href.split("#")[0];
  const out = /Android/.test(navigator.userAgent)
    ? el("a", { href: `intent://${target.split("://")[1]}#Intent;scheme=${target.split(":")[0]};end` }, W.openIn) : W.openBy;
  return el("p", { className: "box", id: "zalo" }, `${W.zalo} `, out);
}
