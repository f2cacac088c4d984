// The page of the phone's own that is shown in place of what the server sent: the review, a slip that waits, the thanks.
import { main } from "./page.js";

// `shown` closes the page that is shown; `awaited` is the key of the slip that it is about, if that waits or was refused.
export let shown = null, awaited = null;

export const close = () => { if (shown) shown(); };

// What hides comes back when the page is closed.
export function show(made, title, key = null) {
  close();
  const before = document.title;
  const beside = [...main.children].filter((one) => !one.hidden && !one.matches(".try,.lang"));
  beside.forEach((one) => { one.hidden = true; });
  main.append(made.page);
  document.title = title;
  scrollTo(0, 0);
  made.heading.focus();
  awaited = key;
  shown = () => {
    made.page.remove();
    beside.forEach((one) => { one.hidden = false; });
    document.title = before;
    shown = awaited = null;
  };
}
