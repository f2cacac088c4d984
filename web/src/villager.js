// The respondents' pages with scripts: how each starts. Each works without; see `collecting/page_script.py` for the words in W.
import { $ } from "./dom.js";
import { inZalo, otherBrowser } from "./boxes.js";
import { arrange, goTo, nextBlank } from "./cards.js";
import { keepFromNow } from "./drafts.js";
import { fieldOf, giveId, restore } from "./fields.js";
import { startKeeping, store } from "./keeping.js";
import { handOver, handedOver } from "./language.js";
import { form, isForm, isOfHere, main } from "./page.js";
import { isWaiting, slips } from "./queue.js";
import { showReview } from "./review.js";
import { beginOrShow, note, sendAll, sendFromNow } from "./sending.js";
import { thankOnce } from "./thanks.js";
import { prepareWhenIdle } from "./worker.js";

function submitted(event) {
  const step = event.submitter || { value: "review" };
  if (step.value === "review") {
    event.preventDefault();
    showReview();
  } else if (step.name === "_switch" && handOver(step.value)) event.preventDefault();
}

async function startForm() {
  const fields = (history.state && history.state.fields) || handedOver();
  restore(fields);
  if (!fieldOf("_id").value) giveId();
  arrange(form);
  keepFromNow();
  form.addEventListener("submit", submitted);
  if ($("trong")) $("trong").addEventListener("click", () => goTo(nextBlank(form)));
  if (inZalo) form.before(otherBrowser());
  await startKeeping();
  await beginOrShow(fields);
}

async function startOther() {
  const first = document.querySelector("[role=alert]");
  if (first && !document.querySelector("[autofocus]")) {
    first.tabIndex = -1;
    first.focus();
  }
  await startKeeping();
  await thankOnce(isOfHere);
  await note();
}

async function start() {
  await (isForm ? startForm() : startOther());
  document.documentElement.dataset.san = "1";
  if ((await slips(store)).some(isWaiting)) await sendAll();
  sendFromNow();
  if (isForm) prepareWhenIdle();
}

if (main.id !== "phieu") start();
else {
  arrange(main);
  main.addEventListener("change", () => arrange(main));
}
