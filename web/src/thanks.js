// The thanks for a slip that the server has: said once, in the language that is wished.
import { all, el } from "./dom.js";
import { thanksPage } from "./boxes.js";
import { store } from "./keeping.js";
import { here, isShared, main, page } from "./page.js";
import { show } from "./shown.js";

// Until it is put down that thanks were said.
let said = Promise.resolve();

// What the server gave for the slip that is meant, no matter who sent it. Then the phone knows no more than that
// it was sent: not the code, which is in the address of its page.
export async function thankOnce(isMeant) {
  const sent = (await store.list("drafts")).find((one) => one.receipt && isMeant({ ...one, key: one.key.replace("sent:", "") }));
  if (!sent) return false;
  showThanks(sent);
  said = store.put("drafts", { key: sent.key, at: sent.at, receipt: null });
  await said;
  return true;
}

export function showThanks(sent) {
  show(thanksPage(sent.receipt, isShared && nextPerson), W.thanks);
  // Who holds the phone next finds no answer behind this page: Back asks the server, which says that it has the slip.
  [...main.children].filter((one) => one.hidden).forEach((one) => one.remove());
  all(".lang button,.lang a").forEach((one) => one.addEventListener("click", (event) => {
    event.preventDefault();
    thankIn(one.value || one.lang, sent);
  }));
  history.replaceState(null, "", here);
  addEventListener("popstate", () => location.reload());
}

async function nextPerson() {
  await said.catch(() => {});
  location.reload();
}

// The thanks in another language: the phone says them once more, or, where it keeps nothing, the server does.
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
