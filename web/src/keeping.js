// Where this page keeps things: in what the browser offers, else in the page's own memory.
import { $ } from "./dom.js";
import { inZalo, noRoomNote } from "./boxes.js";
import { inMemory, openStore } from "./store.js";

export let store = null;

export async function startKeeping() {
  store = (!inZalo && (await openStore())) || inMemory();
}

// What cannot be kept any more is held while the page is open, and said.
export function noRoom() {
  if (store.lasting) store = inMemory(store);
  if ($("giu")) $("giu").replaceWith(noRoomNote());
}
