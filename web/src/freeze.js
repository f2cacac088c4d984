// A slip as it is frozen when "send" is pressed.
import { all } from "./dom.js";
import { asked } from "./cards.js";
import { fieldOf } from "./fields.js";
import { form, page } from "./page.js";
import { FORMAT } from "./queue.js";

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

export function frozen() {
  const [, door, typed] = location.pathname.split("/");
  const ticket = fieldOf("_ticket");
  const body = {
    submission_id: fieldOf("_id").value, channel: "self_online", answers: answers(),
    [door === "g" ? "link" : "code"]: decodeURIComponent(typed),
  };
  if (ticket && ticket.value) body.ticket = ticket.value;
  return {
    format: FORMAT, key: body.submission_id, page, state: "waiting", at: Date.now(), tries: 0, next: 0,
    // Only a ticket proves later that the slip was open while phones were; without one it counts no longer than they are.
    before: (!body.ticket && form.dataset.hanMay) || form.dataset.han || "", body,
  };
}
