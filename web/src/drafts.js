// What is chosen and not sent yet: kept on the phone, and offered when the form is opened again.
import { $ } from "./dom.js";
import { draftOffer, inZalo, keepingNote, noRoomNote } from "./boxes.js";
import { arrange, asked, isAnswered } from "./cards.js";
import { answeredNames, empty, fieldOf, giveId, hasAnswers, restore } from "./fields.js";
import { noRoom, store } from "./keeping.js";
import { form, here, isOfHere, isShared, page } from "./page.js";
import { slips } from "./queue.js";
import { idOf } from "./shell.js";
import { shown } from "./shown.js";

const DAY = 86400000, TYPING_RESTS = 500;

// `writing` ends when what was chosen is kept.
export let writing = Promise.resolve();
// On a link: whether somebody has begun to answer the slip on the page. `offered` are drafts that nobody took up or wiped yet.
let isBegun = false, offered = [], lastKept = "", typing = 0;

// What is chosen stays beside the address too, so that Back and reload give it back at once.
export const remember = (fields) => history.replaceState({ fields: "" + new URLSearchParams(fields) }, "", here);

export function look() {
  arrange(form);
  remember(new FormData(form));
}

// Under which what is chosen is kept: a slip's under its address, on a link each person's by itself.
function draftKey() {
  isBegun = isBegun || asked(form).some(isAnswered);
  return isShared && isBegun ? `${page}#${fieldOf("_id").value}` : page;
}

function keepDraft() {
  if (!store || !store.lasting || shown) return;
  const key = draftKey(), fields = new URLSearchParams(new FormData(form)), answered = answeredNames();
  // What is offered stays below what is chosen now until somebody takes it up, or wipes it: a blank form wipes nothing.
  offered.filter((one) => one.key === key).forEach((one) => {
    const below = [...new URLSearchParams(one.fields)].filter(([name]) => !name.startsWith("_") && !answered.has(name));
    below.forEach(([name]) => fields.delete(name));
    below.forEach(([name, value]) => fields.append(name, value));
  });
  // A tab in which nothing was changed leaves what another tab of this slip has kept meanwhile.
  if (lastKept === key + fields) return;
  lastKept = key + fields;
  const draft = { key, at: Date.now(), fields: "" + fields };
  writing = writing.then(() => store.put("drafts", draft)).catch(noRoom);
}

function keepChosen() {
  look();
  keepDraft();
}

// What is typed is kept when the typing rests, and when the page goes out of sight: nobody tells it more before it is ended.
function keepTyped() {
  clearTimeout(typing);
  if (store && !shown) keepChosen();
}

function keepSoon() {
  arrange(form);
  clearTimeout(typing);
  typing = setTimeout(keepTyped, TYPING_RESTS);
}

const keepHidden = () => { if (document.hidden) keepTyped(); };

export function keepFromNow() {
  form.addEventListener("change", keepChosen);
  form.addEventListener("input", keepSoon);
  document.addEventListener("visibilitychange", keepHidden);
}

// The page as nobody has used it yet.
export function forget() {
  clearTimeout(typing);
  document.removeEventListener("visibilitychange", keepHidden);
  form.reset();
  history.replaceState(null, "", here);
  location.reload();
}

// A form that is to be filled in: what is left of it, and below it what becomes of it.
export async function begin() {
  await offerDrafts();
  if ($("giu")) return;
  if (store.lasting) form.append(keepingNote(async () => { await writing; await store.remove("drafts", draftKey()); forget(); }));
  else if (!inZalo) form.append(noRoomNote());
}

// The form once more, empty, for the next person on a link.
export async function beginNext() {
  isBegun = false;
  empty();
  giveId();
  await begin();
  look();
}

async function offerDrafts() {
  const drafts = await store.list("drafts");
  const isOld = (one) => Date.now() - one.at > DAY && Date.now() - one.at < 30 * DAY;
  // A receipt that nobody has seen yet stays until somebody does.
  await Promise.all(drafts.filter((one) => one.key !== page && !one.receipt && isOld(one))
    .map((one) => store.remove("drafts", one.key)));
  const sent = [...(await slips(store)), ...drafts].map((one) => one.key.replace("sent:", ""));
  const mine = asked(form).some(isAnswered) ? [] : drafts.filter((one) =>
    one.fields && isOfHere({ page: one.key.split("#")[0] }) && !sent.includes(idOf(one)));
  mine.forEach((one) => {
    // A slip is the same whether the answers are taken up again or not; on a link the next person begins another.
    if (!isShared) takeField("_id", one);
    if (!isShared || !fieldOf("_ticket").value) takeField("_ticket", one);
  });
  offered = mine.filter((one) => hasAnswers(one.fields) && !isOld(one));
  offered.forEach(offer);
  remember(new FormData(form));
  // Its ticket proves later that this slip was open in time, though it be filled in without a network.
  keepDraft();
}

function offer(draft) {
  const settle = () => {
    offered = offered.filter((other) => other !== draft);
    box.remove();
  };
  const box = draftOffer(() => {
    settle();
    takeUp(draft);
  }, async () => {
    settle();
    await writing;
    await store.remove("drafts", draft.key);
    lastKept = "";
    if (asked(form).some(isAnswered)) keepDraft();
  });
  form.before(box);
}

function takeField(name, draft) {
  const value = new URLSearchParams(draft.fields).get(name);
  if (value) fieldOf(name).value = value;
}

async function takeUp(draft) {
  const former = [draftKey(), draft.key];
  restore(draft.fields, answeredNames());
  keepChosen();
  await writing;
  await Promise.all(former.filter((key) => key !== draftKey()).map((key) => store.remove("drafts", key)));
}
