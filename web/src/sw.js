// The worker of the respondents' pages: without a network it gives the form of a survey, and it sends slips when it can.
// What it keeps is the same for every household of a survey: no page under the address of a code is ever kept.
import { clientsClaim } from "workbox-core";
import { ExpirationPlugin } from "workbox-expiration";
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkOnly } from "workbox-strategies";
import { deliverAll, isWaiting, slips } from "./queue.js";
import { openStore } from "./store.js";
import { SHELLS, shellOf, languageOf } from "./shell.js";

// A page that waits this long for a reply gets the form that is kept.
const PATIENCE_SECONDS = 20;
const overNetwork = new NetworkOnly({ networkTimeoutSeconds: PATIENCE_SECONDS });

self.skipWaiting();
clientsClaim();

async function formOrShell(options) {
  try {
    return await overNetwork.handle(options);
  } catch (error) {
    const shells = await caches.open(SHELLS);
    const wanted = shellOf(options.url.pathname, languageOf(options.url));
    const kept = (wanted && (await shells.match(wanted))) ||
      (wanted && (await shells.match(shellOf(options.url.pathname, "vi"))));
    if (kept) return kept;
    throw error;
  }
}

registerRoute(({ request, url }) => request.mode === "navigate" && shellOf(url.pathname, "vi"), formOrShell);
registerRoute(({ url }) => /^\/phieu\/\w+\.\w+\.js$/.test(url.pathname),
  new CacheFirst({ cacheName: "phieu-js", plugins: [new ExpirationPlugin({ maxEntries: 12 })] }));

async function sendAll() {
  const store = await openStore();
  if (!store) return;
  await deliverAll(store, "vi");
  // The browser tries again later only after a failure.
  if ((await slips(store)).some(isWaiting)) throw new Error("unsent");
}

self.addEventListener("sync", (event) => {
  if (event.tag === "phieu") event.waitUntil(sendAll());
});
