// The page in another language is fetched, and finds there what was chosen.
import { $ } from "./dom.js";
import { store } from "./keeping.js";
import { form, page } from "./page.js";
import { shown } from "./shown.js";

// False where the phone keeps nothing: then what was chosen is sent along, as without scripts.
export function handOver(tag) {
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
export function handedOver() {
  try {
    const [from, fields] = (sessionStorage.phieu || "").split("\n");
    delete sessionStorage.phieu;
    return from === page ? fields : "";
  } catch (_none) {
    return "";
  }
}
