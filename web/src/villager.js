// The respondents' pages with scripts. Each works without; see `collecting/page_script.py` for the words in W.
import { $, all, el } from "./dom.js";
import { arrange, asked, goTo, isAnswered, nextBlank } from "./cards.js";
import { reviewPage } from "./review.js";
import { counter, draftOffer, inZalo, keepingNote, otherBrowser, slipPage, thanksPage } from "./keep.js";
import { FORMAT, deliver, deliverAll, isWaiting, slips } from "./queue.js";
import { SHELLS, pageOf, shellOf } from "./shell.js";
import { inMemory, openStore } from "./store.js";

const DRAFT_LASTS = 86400000, UNFIT = "khong-hop-le";
const main = document.querySelector("main");
const form = $("phieu");
const isForm = form && form.method && all("fieldset", form).length > 0;
const language = document.documentElement.lang;
const here = "?lang=" + language;
const page = pageOf(location.pathname);
let store = null, shown = null, sending = false, writing = Promise.resolve();

// What is chosen stays beside the address too, so that Back and reload give it back at once.
const remember = (fields) => history.replaceState({ fields: "" + new URLSearchParams(fields) }, "", here);

function restore(fields) {
  new URLSearchParams(fields).forEach((value, name) => all(`[name="${name}"]`, form).forEach((field) => {
    if (/radio|checkbox/.test(field.type)) field.checked = field.checked || field.value === value;
    else if (field.type !== "submit" && name !== "_lang") field.value = value;
  }));
}

const fieldOf = (name) => form.querySelector(`input[name="${name}"]`);

function keepDraft() {
  if (!store || !store.lasting || shown) return;
  const draft = { key: page, at: Date.now(), fields: "" + new URLSearchParams(new FormData(form)) };
  writing = writing.then(() => store.put("drafts", draft)).catch(() => { store = inMemory(); });
}

function look() {
  arrange(form);
  remember(new FormData(form));
}

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
    shown = null;
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
    before: form.dataset.han || "", body,
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
    store = inMemory();
    await store.put("queue", slip);
  }
  if (store.lasting && navigator.storage && navigator.storage.persist) navigator.storage.persist();
  await attempt(slip, true);
  sending = false;
}

async function attempt(slip, isInForm) {
  const outcome = await deliver(store, slip, language);
  if (outcome.receipt) return thankOnce();
  if (outcome.refusal && outcome.refusal.error === UNFIT && isInForm) {
    // The server's own page says at each question what is to be mended, and keeps what was typed.
    await store.remove("queue", slip.key);
    form.append(el("input", { type: "hidden", name: "_step", value: "send" }));
    return form.submit();
  }
  const left = (await slips(store)).find((one) => one.key === slip.key);
  if (left) showSlip(left);
  wake();
  return note();
}

function showSlip(slip) {
  show(slipPage(slip, W, store.lasting, {
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
      await store.remove("queue", slip.key);
      await store.remove("drafts", slip.page);
      forget();
    },
  }), isWaiting(slip) ? W.waiting : W.refused);
  remember("");
}

// What does not fit the form is mended in the form, under the same id.
async function putBack(slip) {
  const fields = new URLSearchParams({ _id: slip.body.submission_id, _ticket: slip.body.ticket || "" });
  Object.entries(slip.body.answers).forEach(([name, given]) =>
    [].concat(given).forEach((value) => { if (value !== null) fields.append(name, value); }));
  await store.put("drafts", { key: page, at: Date.now(), fields: "" + fields });
  await store.remove("queue", slip.key);
  shown();
  restore(fields);
  look();
}

// The page as nobody has used it yet.
function forget() {
  form.reset();
  history.replaceState(null, "", here);
  location.reload();
}

// What the server gave for the slip of this page, no matter who sent it; said once.
async function thankOnce() {
  const sent = (await store.list("drafts")).find((one) => one.page === page && one.receipt);
  if (!sent) return false;
  showThanks(sent.receipt);
  await store.put("drafts", { ...sent, receipt: null });
  return true;
}

function showThanks(receipt) {
  show(thanksPage(receipt, W, page.startsWith("/g/")), W.thanks);
  // Who holds the phone next finds no answer behind this page: Back asks the server, which says that it has the slip.
  [...main.children].filter((one) => one.hidden).forEach((one) => one.remove());
  all(".lang button").forEach((one) => one.addEventListener("click", () => handOver(one.value)));
  history.replaceState(null, "", here);
  addEventListener("popstate", () => location.reload());
  note();
}

// How many slips wait; beside them stands a note of it where the browser may forget one and not the other.
async function note() {
  if (!store) return;
  const kept = await slips(store);
  const waiting = kept.filter(isWaiting), refused = kept.filter((one) => !isWaiting(one));
  const old = $("dem-cho");
  if (old) old.remove();
  const others = (found) => (shown ? found.filter((one) => one.page !== page) : found);
  if (others(waiting).length || others(refused).length) {
    main.prepend(counter(others(waiting), others(refused), W, store.lasting, () => sendAll(() => true)));
  }
  if (store.lasting) await noteLost(waiting);
}

async function noteLost(waiting) {
  try {
    const before = (localStorage["phieu-cho"] || "").split(" ").filter(Boolean);
    const done = (await store.list("drafts")).filter((one) => one.key.startsWith("sent:"));
    const gone = before.filter((key) => !waiting.some((one) => one.key === key) && !done.some((one) => one.key === "sent:" + key));
    const refused = (await slips(store)).map((one) => one.key);
    if (gone.some((key) => !refused.includes(key))) {
      const box = el("p", { className: "box bad" }, el("b", {}, W.lost));
      box.setAttribute("role", "alert");
      main.prepend(box);
    }
    localStorage["phieu-cho"] = waiting.map((one) => one.key).join(" ");
  } catch (_none) {
    // No second place to note it in.
  }
}

// Tries what waits; the slip of this page says what became of it.
async function sendAll(isDue) {
  const outcomes = await deliverAll(store, language, isDue);
  const left = (await slips(store)).find((one) => one.page === page);
  if (left && outcomes.some((one) => one.slip.page === page) && isForm) showSlip(left);
  // Another tab or the worker may have been first; in each case this page says what became of its slip.
  else if (!left && !(await thankOnce()) && $("cho")) forget();
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
  } else if (step.name === "_switch") {
    event.preventDefault();
    handOver(step.value);
  }
}

// The page in another language is fetched, and finds there what was chosen.
function handOver(tag) {
  try {
    const isOpen = form && form.isConnected && (!shown || $("xem"));
    sessionStorage.phieu = isOpen ? new URLSearchParams(new FormData(form)) : "";
  } catch (_none) {
    // Then what was chosen is kept in this phone's drafts.
  }
  location.href = "?lang=" + tag;
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

async function offerDraft(isRestored) {
  const drafts = await store.list("drafts");
  const old = (one) => Date.now() - one.at > DRAFT_LASTS && Date.now() - one.at < 30 * DRAFT_LASTS;
  await Promise.all(drafts.filter((one) => one.key !== page && old(one)).map((one) => store.remove("drafts", one.key)));
  const draft = drafts.find((one) => one.key === page);
  if (draft && !isRestored && !asked(form).some(isAnswered)) {
    const fields = new URLSearchParams(draft.fields);
    // The slip is the same whether the answers are taken up again or not.
    ["_id", "_ticket"].forEach((name) => { if (fields.get(name)) fieldOf(name).value = fields.get(name); });
    const chosen = [...fields].some(([name, value]) => !name.startsWith("_") && value);
    if (chosen && !old(draft)) {
      const box = draftOffer(W, () => { restore(draft.fields); box.remove(); look(); keepDraft(); },
        async () => { await store.remove("drafts", page); box.remove(); });
      form.before(box);
      remember(new FormData(form));
      return;
    }
  }
  if (!fieldOf("_id").value) fieldOf("_id").value = newId();
  remember(new FormData(form));
  // Its ticket proves later that this slip was open in time, though it be filled in without a network.
  keepDraft();
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
  arrange(form);
  form.addEventListener("change", () => { look(); keepDraft(); });
  form.addEventListener("input", () => arrange(form));
  form.addEventListener("submit", submitted);
  if ($("trong")) $("trong").addEventListener("click", () => goTo(nextBlank(form)));
  if (inZalo) form.before(otherBrowser(W));
  store = (!inZalo && (await openStore())) || inMemory();
  const mine = (await slips(store)).find((one) => one.page === page);
  if (mine) return showSlip(mine);
  if (await thankOnce()) return undefined;
  await offerDraft(fields);
  if (store.lasting) form.append(keepingNote(W, async () => { await writing; await store.remove("drafts", page); forget(); }));
  return undefined;
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
    await thankOnce();
  }
  await note();
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
