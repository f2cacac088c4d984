// Slips on their way: frozen when "send" is pressed, tried until the server answers, removed only when it has given a
// receipt. What it refuses for good stays, with the reason. The page and the worker both use this; sending twice is safe,
// because the server counts an id once. The phone's clock decides nothing but how long a page waits before it tries again.
import { idOf, isLink } from "./shell.js";

export const FORMAT = 3;
export const UNFIT = "khong-hop-le";
const ADDRESS = "/api/v1/submissions", HOUR = 3600000, FIRST_WAIT = 15000;

// Records of earlier formats, each brought to the next. A record of a later one is left as it is.
const UPGRADES = {
  1: ({ id, code, ticket, answers, at }) => ({
    format: 2, key: id, page: `/k/${code.replace(/[\s.,/-]/g, "").toUpperCase()}`, state: "waiting", at, tries: 0, next: 0,
    body: { submission_id: id, code, ticket, channel: "self_online", answers },
  }),
  2: (slip) => ({ ...slip, format: 3, page: slip.body.link ? `/g/${slip.body.link}` : slip.page }),
};

function upgraded(record) {
  let found = record;
  while (found.format < FORMAT && UPGRADES[found.format]) found = UPGRADES[found.format](found);
  return found;
}

export const slips = async (store) => (await store.list("queue")).map(upgraded).filter((one) => one.format === FORMAT);

// What a newer script keeps, in a tab that still runs this one.
export const isLater = (record) => record.format > FORMAT;

export const isWaiting = (slip) => slip.state === "waiting";

// What the server makes of a slip: {receipt} when it is stored, {refusal} when it never will be, {} when nobody knows yet.
// Only words of our own server refuse: a gateway of the network, or a page that asks to sign in, is no answer.
async function replyTo(slip, language, patience) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), patience);
  try {
    const reply = await fetch(`${ADDRESS}?lang=${language}`, {
      method: "POST", body: JSON.stringify(slip.body), headers: { "Content-Type": "application/json" },
      credentials: "omit", cache: "no-store", redirect: "error", signal: stop.signal,
    });
    const said = await reply.json();
    if (reply.ok && typeof said.receipt === "string") return { receipt: said };
    if (typeof said.error === "string" && said.keep === false) {
      return { refusal: { error: said.error, message: said.message, steps: said.steps || [] } };
    }
    return { after: 1000 * reply.headers.get("Retry-After") };
  } catch (_unreached) {
    return {};
  } finally {
    clearTimeout(timer);
  }
}

// What was chosen on a slip goes with it. On a link several people answer on one phone: the next one's answers stay.
export async function dropDrafts(store, slip) {
  const isOfSlip = (draft) => draft.key.split("#")[0] === slip.page && (!isLink(slip.page) || idOf(draft) === slip.key);
  for (const draft of (await store.list("drafts")).filter(isOfSlip)) await store.remove("drafts", draft.key);
}

// Tries one slip, and writes down what came of it before anybody is told. What is no longer in the queue, because it was
// sent or wiped meanwhile, is left alone: it is neither sent nor put back.
async function tried(store, slip, language, patience) {
  const record = await store.get("queue", slip.key);
  if (!record) return { slip };
  // It stays in the format of who wrote it: a tab that was open before goes on seeing its own slip.
  const kept = record.format < 2 ? slip : record;
  const outcome = await replyTo(slip, language, patience);
  if (outcome.receipt) {
    // The worker or another page may have sent it: who opens its page next is thanked, and reads that it did not vanish.
    const sent = { key: "sent:" + slip.key, page: slip.page, at: Date.now(), receipt: outcome.receipt };
    await store.put("drafts", sent).catch(() => {});
    await store.remove("queue", slip.key);
    await dropDrafts(store, slip);
  } else if (outcome.refusal) {
    await store.replace("queue", { ...kept, state: "refused", refusal: outcome.refusal });
  } else {
    const wait = Math.min(HOUR, Math.max(outcome.after || 0, FIRST_WAIT * 2 ** slip.tries * (0.5 + Math.random())));
    await store.replace("queue", { ...kept, tries: slip.tries + 1, next: Date.now() + wait });
  }
  return { slip, ...outcome };
}

const alone = (act, options = {}) => (navigator.locks ? navigator.locks.request("phieu", options, act) : act());

// Tries the slip whose sending somebody waits for. Who would wait too long for others to end is told that nobody knows yet.
export async function deliver(store, slip, language) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), FIRST_WAIT);
  try {
    return await alone(() => { clearTimeout(timer); return tried(store, slip, language, FIRST_WAIT); }, { signal: stop.signal });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return { slip };
  }
}

// Tries all that wait. A page and the worker take turns; who comes second finds what is left.
export const deliverAll = (store, language, isDue = () => true) => alone(async () => {
  const outcomes = [];
  for (const slip of (await slips(store)).filter(isWaiting).filter(isDue)) {
    outcomes.push(await tried(store, slip, language, 60000));
  }
  return outcomes;
});
