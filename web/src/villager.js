// The respondents' pages with scripts. Each works without; see `collecting/page_script.py` for the words in W.
import { $, all, el } from "./dom.js";
import { arrange, asked, goTo, isAnswered, nextBlank } from "./cards.js";
import { reviewPage } from "./review.js";
import { counter, draftOffer, inZalo, keepingNote, noRoomNote, otherBrowser, slipPage, thanksPage } from "./keep.js";
import { FORMAT, UNFIT, deliver, deliverAll, dropDrafts, isLater, isWaiting, slips, upgraded } from "./queue.js";
import { SHELLS, formerPageOf, idOf, isLink, pageOf, shellOf } from "./shell.js";
import { inMemory, openStore } from "./store.js";

const DRAFT_LASTS = 86400000, TYPING_RESTS = 500;
const main = document.querySelector("main");
const form = $("phieu");
const isForm = form && form.method && all("fieldset", form).length > 0;
const language = document.documentElement.lang;
const here = "?lang=" + language;
const page = pageOf(location.pathname);
const isOfHere = (one) => one.page === page || one.page === formerPageOf(location.pathname);
const isShared = isLink(page);
// `awaited` is the slip whose page is shown; `isAnother` that beside it a further one is filled in, on a link.
let store = null, shown = null, awaited = null, isAnother = false, sending = false, typing = 0, writing = Promise.resolve();
// On a link: whether somebody has begun to answer the slip on the page. `offered` are drafts that nobody took up or wiped yet.
let isBegun = false, offered = [], lastKept = "";
// Until it is put down that thanks were said.
let said = Promise.resolve();

// What is chosen stays beside the address too, so that Back and reload give it back at once.
const remember = (fields) => history.replaceState({ fields: "" + new URLSearchParams(fields) }, "", here);

const answeredNames = () => new Set(asked(form).filter(isAnswered).flatMap((card) => all("input,textarea", card)).map((one) => one.name));

// Puts back what was on the page, all but the answers that stand by now.
function restore(fields, standing = new Set()) {
  const was = new URLSearchParams(fields);
  if (fields) all("input,textarea", form).filter((one) => !standing.has(one.name)).forEach((field) => {
    const values = was.getAll(field.name);
    if (/radio|checkbox/.test(field.type)) field.checked = values.includes(field.value);
    else if (values.length && field.type !== "submit" && field.name !== "_lang") [field.value] = values;
  });
}

const fieldOf = (name) => form.querySelector(`input[name="${name}"]`);

// The slip on this page, among those of its address.
const isMine = (one) => (awaited ? one.key === awaited : isShared && isForm ? one.key === fieldOf("_id").value : isOfHere(one));

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

// What cannot be kept any more is held while the page is open, and said.
function noRoom() {
  if (store.lasting) store = inMemory(store);
  if ($("giu")) $("giu").replaceWith(noRoomNote(W));
}

function look() {
  arrange(form);
  remember(new FormData(form));
}

// What is typed is kept when the typing rests, and when the page goes out of sight: nobody tells it more before it is ended.
function keepNow() {
  clearTimeout(typing);
  if (!store || shown) return;
  look();
  keepDraft();
}

function keepSoon() {
  arrange(form);
  clearTimeout(typing);
  typing = setTimeout(keepNow, TYPING_RESTS);
}

const keepHidden = () => { if (document.hidden) keepNow(); };

// One page of the phone's own in place of what the server sent; what hides comes back when it is closed.
function show(made, title) {
  if (shown) shown();
  const before = document.title;
  const beside = [...main.children].filter((one) => !one.hidden && !one.matches(".try,.lang"));
  beside.forEach((one) => { one.hidden = true; });
  main.append(made.page);
  document.title = title;
  scrollTo(0, 0);
  made.heading.focus();
  shown = () => {
    made.page.remove();
    beside.forEach((one) => { one.hidden = false; });
    document.title = before;
    shown = awaited = null;
  };
}

function showReview() {
  const place = scrollY;
  const close = () => { if (shown) shown(); scrollTo(0, place); };
  const back = () => { removeEventListener("popstate", close); close(); history.back(); };
  const button = el("button", { type: "button", value: "send" });
  button.addEventListener("click", () => send(button));
  show(reviewPage(form, W, back, button), W.review);
  history.pushState({ ...history.state, review: true }, "", here);
  addEventListener("popstate", close, { once: true });
}

// The answers as the machine door takes them: of what is asked, what was chosen or typed.
function answers() {
  const given = {};
  asked(form).forEach((card) => all("input,textarea", card).forEach((field) => {
    if (field.type === "checkbox") {
      if (field.checked) given[field.name] = [...(given[field.name] || []), field.value];
    } else if (field.type !== "radio" || field.checked) given[field.name] = field.value.trim() || null;
  }));
  return given;
}

function frozen() {
  const [, door, typed] = location.pathname.split("/");
  const ticket = fieldOf("_ticket");
  const body = {
    submission_id: fieldOf("_id").value, channel: "self_online", answers: answers(),
    [door === "g" ? "link" : "code"]: decodeURIComponent(typed),
  };
  if (ticket && ticket.value) body.ticket = ticket.value;
  return {
    format: FORMAT, key: body.submission_id, page, state: "waiting", at: Date.now(), tries: 0, next: 0,
    // Only a ticket proves later that the slip was open while phones were; without one it counts no longer than they are.
    before: (!body.ticket && form.dataset.hanMay) || form.dataset.han || "", body,
  };
}

async function send(button) {
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
  const outcome = await deliver(store, slip, language);
  if (outcome.receipt) {
    if (await thankOnce((one) => one.key === slip.key)) return undefined;
    await drop(slip);
    return showThanks({ key: "sent:" + slip.key, at: Date.now(), receipt: outcome.receipt });
  }
  if (outcome.refusal && outcome.refusal.error === UNFIT && isInForm) {
    // The server's own page says at each question what is to be mended, and keeps what was typed.
    await drop(slip);
    form.append(el("input", { type: "hidden", name: "_step", value: "send" }));
    return form.submit();
  }
  const left = (await slips(store)).find((one) => one.key === slip.key);
  // Else another page or the worker was first, or it was wiped there.
  if (left) showSlip(left);
  else if (!(await thankOnce((one) => one.key === slip.key))) return forget();
  wake();
  return note();
}

// Out of the queue because somebody wants it so: no browser deleted it.
async function drop(slip) {
  await store.remove("queue", slip.key);
  try {
    localStorage["phieu-cho"] = (localStorage["phieu-cho"] || "").split(" ").filter((key) => key !== slip.key).join(" ");
  } catch (_none) {
    // Then it was not noted.
  }
}

async function wipe(slip) {
  await drop(slip);
  await dropDrafts(store, slip);
}

function showSlip(slip) {
  show(slipPage(slip, W, {
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
  }), isWaiting(slip) ? W.waiting : W.refused);
  awaited = slip.key;
  remember(slip.fleeting ? new FormData(form) : "");
}

// On a link anybody answers with the same phone: the form once more, empty, while the slip before goes on waiting.
async function another() {
  shown();
  isAnother = true;
  isBegun = false;
  empty();
  fieldOf("_id").value = newId();
  await begin();
  look();
  await note();
}

const empty = () => all("fieldset input,fieldset textarea", form).forEach((field) => {
  if (/radio|checkbox/.test(field.type)) field.checked = false;
  else field.value = "";
});

// What does not fit the form is mended in the form, under the same id.
async function putBack(slip) {
  const fields = new URLSearchParams({ _id: slip.body.submission_id, _ticket: slip.body.ticket || "" });
  Object.entries(slip.body.answers).forEach(([name, given]) =>
    [].concat(given).forEach((value) => { if (value !== null) fields.append(name, value); }));
  await store.put("drafts", { key: isShared ? `${page}#${slip.key}` : page, at: Date.now(), fields: "" + fields });
  await drop(slip);
  shown();
  empty();
  restore(fields);
  look();
}

// The page as nobody has used it yet.
function forget() {
  clearTimeout(typing);
  document.removeEventListener("visibilitychange", keepHidden);
  form.reset();
  history.replaceState(null, "", here);
  location.reload();
}

// What the server gave for the slip that is meant, no matter who sent it; said once. Then the phone knows no more than that
// it was sent: not the code, which is in the address of its page.
async function thankOnce(isMeant) {
  const sent = (await store.list("drafts")).find((one) => one.receipt && isMeant({ ...one, key: one.key.replace("sent:", "") }));
  if (!sent) return false;
  showThanks(sent);
  said = store.put("drafts", { key: sent.key, at: sent.at, receipt: null });
  await said;
  return true;
}

async function nextPerson() {
  await said.catch(() => {});
  location.reload();
}

function showThanks(sent) {
  show(thanksPage(sent.receipt, W, here, isShared && nextPerson), W.thanks);
  // Who holds the phone next finds no answer behind this page: Back asks the server, which says that it has the slip.
  [...main.children].filter((one) => one.hidden).forEach((one) => one.remove());
  all(".lang button,.lang a").forEach((one) => one.addEventListener("click", (event) => {
    event.preventDefault();
    thankIn(one.value || one.lang, sent);
  }));
  history.replaceState(null, "", here);
  addEventListener("popstate", () => location.reload());
  note();
}

// The thanks in another language: the phone tells them once more, or, where it keeps nothing, the server does.
async function thankIn(tag, sent) {
  if (store.lasting) {
    await store.put("drafts", { ...sent, page });
    location.href = "?lang=" + tag;
    return;
  }
  const { leaf, signature } = sent.receipt;
  const again = el("form", { method: "post", hidden: true }, ...Object.entries(
    { _step: "thanks", _leaf: leaf, _signature: signature, _lang: tag },
  ).map(([name, value]) => el("input", { name, value })));
  main.append(again);
  again.submit();
}

// How many slips wait; beside them stands a note of it where the browser may forget one and not the other.
async function note() {
  if (!store) return;
  const records = await store.list("queue"), kept = await slips(store), later = records.filter(isLater);
  const waiting = kept.filter(isWaiting), refused = kept.filter((one) => !isWaiting(one));
  const old = $("dem-cho");
  if (old) old.remove();
  const others = (found) => found.filter((one) => one.key !== awaited);
  if (others(waiting).length || others(refused).length || later.length) {
    main.prepend(counter(others(waiting), others(refused), later, W, here, {
      again: () => sendAll(() => true),
      wipe: async (slip) => { await wipe(slip); await note(); },
    }));
  }
  if (store.lasting) await noteLost(records.map((one) => one.key), [...waiting, ...later].map((one) => one.key));
}

// `kept` are the keys of all that is kept, in whatever format; `waiting` of what nobody has answered yet.
async function noteLost(kept, waiting) {
  try {
    const before = (localStorage["phieu-cho"] || "").split(" ").filter(Boolean);
    const done = (await store.list("drafts")).filter((one) => one.key.startsWith("sent:"));
    if (before.some((key) => !kept.includes(key) && !done.some((one) => one.key === "sent:" + key))) {
      const box = el("p", { className: "box bad" }, el("b", {}, W.lost));
      box.setAttribute("role", "alert");
      main.prepend(box);
    }
    localStorage["phieu-cho"] = waiting.join(" ");
  } catch (_none) {
    // No second place to note it in.
  }
}

// Tries what waits; the slip of this page says what became of it.
async function sendAll(isDue) {
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

const isDue = (slip) => Date.now() >= slip.next || slip.next - Date.now() > 3600000;

// The worker sends what is left when the network comes back, also when no page is open.
async function wake() {
  if (!navigator.serviceWorker || !store.lasting) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && registration.sync) registration.sync.register("phieu").catch(() => {});
}

// When the phone has nothing else to do: the worker, and the empty form of this survey in each of its languages.
async function prepare() {
  if (!navigator.serviceWorker || !window.caches || !store.lasting) return;
  try {
    await navigator.serviceWorker.register("/sw.js");
    const shells = await caches.open(SHELLS), scripts = await caches.open("phieu-js");
    const script = document.querySelector("script[src]").getAttribute("src");
    const isNew = !(await scripts.match(script));
    const languages = [language, ...all(".lang button").map((button) => button.value)];
    for (const tag of languages) {
      const wanted = shellOf(location.pathname, tag);
      if (wanted && (isNew || !(await shells.match(wanted)))) {
        const reply = await fetch(wanted);
        if (!reply.ok) continue;
        const needed = (await reply.clone().text()).match(/\/phieu\/\w+\.\w+\.js/)[0];
        await shells.put(wanted, reply);
        if (!(await scripts.match(needed))) await scripts.add(needed);
      }
    }
  } catch (_refused) {
    // Without a worker the form still works, and answers are still kept.
  }
}

const whenIdle = (act) => (window.requestIdleCallback ? requestIdleCallback(act, { timeout: 5000 }) : setTimeout(act, 2000));

function submitted(event) {
  const step = event.submitter || { value: "review" };
  if (step.value === "review") {
    event.preventDefault();
    showReview();
  } else if (step.name === "_switch" && handOver(step.value)) event.preventDefault();
}

// The page in another language is fetched, and finds there what was chosen. False where the phone keeps nothing: then what
// was chosen is sent along, as without scripts.
function handOver(tag) {
  const isLasting = store && store.lasting, isOpen = !shown || $("xem") || !isLasting;
  try {
    sessionStorage.phieu = isOpen ? `${page}\n${new URLSearchParams(new FormData(form))}` : "";
  } catch (_none) {
    if (!isLasting) return false;
  }
  location.href = "?lang=" + tag;
  return true;
}

// Only to the page from which it was handed over: the next slip on this phone may be another household's.
function handedOver() {
  try {
    const [from, fields] = (sessionStorage.phieu || "").split("\n");
    delete sessionStorage.phieu;
    return from === page ? fields : "";
  } catch (_none) {
    return "";
  }
}

const hasAnswers = (fields) => [...new URLSearchParams(fields)].some(([name, value]) => !name.startsWith("_") && value);

async function offerDrafts() {
  const drafts = await store.list("drafts");
  const old = (one) => Date.now() - one.at > DRAFT_LASTS && Date.now() - one.at < 30 * DRAFT_LASTS;
  // A receipt that nobody has seen yet stays until somebody does.
  await Promise.all(drafts.filter((one) => one.key !== page && !one.receipt && old(one))
    .map((one) => store.remove("drafts", one.key)));
  const sent = [...(await slips(store)), ...drafts].map((one) => one.key.replace("sent:", ""));
  const mine = asked(form).some(isAnswered) ? [] : drafts.filter((one) =>
    one.fields && isOfHere({ page: one.key.split("#")[0] }) && !sent.includes(idOf(one)));
  mine.forEach((one) => {
    // A slip is the same whether the answers are taken up again or not; on a link the next person begins another.
    if (!isShared) takeField("_id", one);
    if (!isShared || !fieldOf("_ticket").value) takeField("_ticket", one);
  });
  offered = mine.filter((one) => hasAnswers(one.fields) && !old(one));
  offered.forEach((one) => {
    const settled = () => { offered = offered.filter((other) => other !== one); box.remove(); };
    const box = draftOffer(W, () => { settled(); takeUp(one); },
      async () => { settled(); await writing; await store.remove("drafts", one.key); lastKept = ""; if (asked(form).some(isAnswered)) keepDraft(); });
    form.before(box);
  });
  remember(new FormData(form));
  // Its ticket proves later that this slip was open in time, though it be filled in without a network.
  keepDraft();
}

function takeField(name, draft) {
  const value = new URLSearchParams(draft.fields).get(name);
  if (value) fieldOf(name).value = value;
}

async function takeUp(draft) {
  const former = [draftKey(), draft.key];
  restore(draft.fields, answeredNames());
  look();
  keepDraft();
  await writing;
  await Promise.all(former.filter((key) => key !== draftKey()).map((key) => store.remove("drafts", key)));
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return [...bytes].map((byte, place) => (/^(4|6|8|10)$/.test(place) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

async function startForm() {
  const fields = (history.state && history.state.fields) || handedOver();
  restore(fields);
  if (!fieldOf("_id").value) fieldOf("_id").value = newId();
  arrange(form);
  form.addEventListener("change", () => { look(); keepDraft(); });
  form.addEventListener("input", keepSoon);
  document.addEventListener("visibilitychange", keepHidden);
  form.addEventListener("submit", submitted);
  if ($("trong")) $("trong").addEventListener("click", () => goTo(nextBlank(form)));
  if (inZalo) form.before(otherBrowser(W));
  store = (!inZalo && (await openStore())) || inMemory();
  const kept = await slips(store), mine = kept.find(isOfHere);
  // Who was answering on a link, beside a slip that waits, goes on with it.
  isAnother = isShared && hasAnswers(fields) && !kept.some(isMine);
  if (mine && !isAnother) showSlip(mine);
  else if (!isAnother) await thankOnce(isOfHere);
  // What is no longer kept is told before what is old is cleared away.
  await note();
  if (shown) return;
  await begin();
}

// A form that is to be filled in: what is left of it, and below it what becomes of it.
async function begin() {
  await offerDrafts();
  if ($("giu")) return;
  if (store.lasting) form.append(keepingNote(W, async () => { await writing; await store.remove("drafts", draftKey()); forget(); }));
  else if (!inZalo) form.append(noRoomNote(W));
}

async function start() {
  if (isForm) await startForm();
  else {
    const first = document.querySelector("[role=alert]");
    if (first && !document.querySelector("[autofocus]")) {
      first.tabIndex = -1;
      first.focus();
    }
    store = (!inZalo && (await openStore())) || inMemory();
    await thankOnce(isOfHere);
    await note();
  }
  document.documentElement.dataset.san = "1";
  if ((await slips(store)).some(isWaiting)) await sendAll(() => true);
  addEventListener("online", () => sendAll(() => true));
  setInterval(() => sendAll(isDue), 30000);
  if (isForm) whenIdle(prepare);
}

if (main.id !== "phieu") start();
else {
  arrange(main);
  main.addEventListener("change", () => arrange(main));
}
