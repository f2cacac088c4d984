// Slips from "send" to their receipt: sent, shown and counted while they wait, put back or wiped when they are refused.
import { $, el } from "./dom.js";
import { counter, slipPage } from "./boxes.js";
import { begin, beginNext, forget, look, remember, writing } from "./drafts.js";
import { empty, fieldOf, hasAnswers, restore } from "./fields.js";
import { frozen } from "./freeze.js";
import { noRoom, store } from "./keeping.js";
import { noteWaiting, strikeOut } from "./noted.js";
import { form, isForm, isOfHere, isShared, language, main, page } from "./page.js";
import { UNFIT, deliver, deliverAll, dropDrafts, isLater, isWaiting, slips } from "./queue.js";
import { awaited, close, show, shown } from "./shown.js";
import { showThanks, thankOnce } from "./thanks.js";
import { wake } from "./worker.js";

// `isAnother` that beside the slip of this page, which waits, a further one is filled in, on a link.
let isAnother = false, sending = false;

// The slip on this page, among those of its address.
const isMine = (one) => (awaited ? one.key === awaited : isShared && isForm ? one.key === fieldOf("_id").value : isOfHere(one));

// A form, unless the slip of this page waits, was refused, or was sent meanwhile. `fields` were on the page before.
export async function beginOrShow(fields) {
  const kept = await slips(store), mine = kept.find(isOfHere);
  // Who was answering on a link, beside a slip that waits, goes on with it.
  isAnother = isShared && hasAnswers(fields) && !kept.some(isMine);
  if (mine && !isAnother) showSlip(mine);
  else if (!isAnother) await thankOnce(isOfHere);
  // What is no longer kept is told before what is old is cleared away.
  await note();
  if (!shown) await begin();
}

export async function send(button) {
  if (sending) return;
  sending = true;
  button.setAttribute("aria-disabled", true);
  $("gui").textContent = W.sending;
  $("gui").hidden = false;
  const slip = frozen();
  await writing;
  try {
    await store.put("queue", slip);
  } catch (_full) {
    noRoom();
    await store.put("queue", slip);
  }
  if (store.lasting && navigator.storage && navigator.storage.persist) navigator.storage.persist();
  isAnother = false;
  await attempt(slip, true);
  sending = false;
}

async function attempt(slip, isInForm) {
  const isThis = (one) => one.key === slip.key;
  const outcome = await deliver(store, slip, language);
  if (outcome.receipt) {
    if (!(await thankOnce(isThis))) {
      await drop(slip);
      showThanks({ key: "sent:" + slip.key, at: Date.now(), receipt: outcome.receipt });
    }
    return note();
  }
  if (outcome.refusal && outcome.refusal.error === UNFIT && isInForm) {
    // The server's own page says at each question what is to be mended, and keeps what was typed.
    await drop(slip);
    form.append(el("input", { type: "hidden", name: "_step", value: "send" }));
    return form.submit();
  }
  const left = (await slips(store)).find(isThis);
  // Else another page or the worker was first, or it was wiped there.
  if (left) showSlip(left);
  else if (!(await thankOnce(isThis))) return forget();
  wake();
  return note();
}

// Out of the queue because somebody wants it so: no browser deleted it.
async function drop(slip) {
  await store.remove("queue", slip.key);
  strikeOut(slip.key);
}

async function wipe(slip) {
  await drop(slip);
  await dropDrafts(store, slip);
}

function showSlip(slip) {
  show(slipPage(slip, {
    another: isShared && isForm && another,
    again: async (event) => {
      if (sending) return;
      if (!isWaiting(slip) && slip.refusal.error === UNFIT) return putBack(slip);
      sending = true;
      event.target.setAttribute("aria-disabled", true);
      event.target.textContent = W.sending;
      await attempt({ ...slip, state: "waiting" });
      sending = false;
      return undefined;
    },
    wipe: async () => {
      await wipe(slip);
      forget();
    },
  }), isWaiting(slip) ? W.waiting : W.refused, slip.key);
  remember(slip.fleeting ? new FormData(form) : "");
}

// On a link anybody answers with the same phone, while the slip before goes on waiting.
async function another() {
  close();
  isAnother = true;
  await beginNext();
  await note();
}

// What does not fit the form is mended in the form, under the same id.
async function putBack(slip) {
  const fields = new URLSearchParams({ _id: slip.body.submission_id, _ticket: slip.body.ticket || "" });
  Object.entries(slip.body.answers).forEach(([name, given]) =>
    [].concat(given).forEach((value) => { if (value !== null) fields.append(name, value); }));
  await store.put("drafts", { key: isShared ? `${page}#${slip.key}` : page, at: Date.now(), fields: "" + fields });
  await drop(slip);
  close();
  empty();
  restore(fields);
  look();
}

// How many slips wait; beside them stands a note of it where the browser may forget one and not the other.
export async function note() {
  if (!store) return;
  const records = await store.list("queue"), kept = await slips(store), later = records.filter(isLater);
  const waiting = kept.filter(isWaiting), refused = kept.filter((one) => !isWaiting(one));
  const old = $("dem-cho");
  if (old) old.remove();
  const others = (found) => found.filter((one) => one.key !== awaited);
  if (others(waiting).length || others(refused).length || later.length) {
    main.prepend(counter(others(waiting), others(refused), later, {
      again: () => sendAll(),
      wipe: async (slip) => { await wipe(slip); await note(); },
    }));
  }
  if (store.lasting) await noteWaiting(records.map((one) => one.key), [...waiting, ...later].map((one) => one.key));
}

// Tries what waits, or of it what is due; the slip of this page says what became of it.
export async function sendAll(isDue) {
  const outcomes = await deliverAll(store, language, isDue);
  // What somebody is just answering, or reads, is not taken from him.
  if (!isAnother && !sending && !$("cam-on")) {
    const left = (await slips(store)).find(isMine);
    if (left && outcomes.some((one) => one.slip.key === left.key) && isForm) showSlip(left);
    // Another tab or the worker may have been first; in each case this page says what became of its slip.
    else if (!left && !(await thankOnce(isMine)) && $("cho")) forget();
  }
  await note();
}

export function sendFromNow() {
  addEventListener("online", () => sendAll());
  setInterval(() => sendAll((slip) => Date.now() >= slip.next || slip.next - Date.now() > 3600000), 30000);
}
