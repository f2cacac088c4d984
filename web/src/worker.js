// What the page does with the worker: sets it up with what it needs without a network, and wakes it to send.
import { all } from "./dom.js";
import { store } from "./keeping.js";
import { language } from "./page.js";
import { SHELLS, shellOf } from "./shell.js";

// When the phone has nothing else to do.
export const prepareWhenIdle = () =>
  (window.requestIdleCallback ? requestIdleCallback(prepare, { timeout: 5000 }) : setTimeout(prepare, 2000));

// The worker, and the empty form of this survey in each of its languages.
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

// It sends what is left when the network comes back, also when no page is open.
export async function wake() {
  if (!navigator.serviceWorker || !store.lasting) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration && registration.sync) registration.sync.register("phieu").catch(() => {});
}
