// A second note of the keys that wait, in localStorage: a browser that deletes the queue may leave it, and the loss is said.
import { announced, el } from "./dom.js";
import { store } from "./keeping.js";
import { main } from "./page.js";

const noted = () => (localStorage["phieu-cho"] || "").split(" ").filter(Boolean);

const putDown = (keys) => { localStorage["phieu-cho"] = keys.join(" "); };

// `kept` are the keys of all that is kept, in any format; `waiting` of what nobody has answered yet.
export async function noteWaiting(kept, waiting) {
  try {
    const before = noted();
    const done = (await store.list("drafts")).map((one) => one.key);
    if (before.some((key) => !kept.includes(key) && !done.includes("sent:" + key))) {
      main.prepend(announced(el("p", { className: "box bad" }, el("b", {}, W.lost)), "alert"));
    }
    putDown(waiting);
  } catch (_none) {
    // No second place to note it in.
  }
}

export function strikeOut(gone) {
  try {
    putDown(noted().filter((key) => key !== gone));
  } catch (_none) {
    // Then it was not noted.
  }
}
