// Keying paper with the keyboard alone: digits or numbers of exceptions, Enter leads on and saves, the code is looked at first.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keys]");
  if (!form) return;
  var code = form.querySelector("#code");
  var before = document.getElementById("before");
  var save = form.querySelector("[data-save]");
  var reason = form.querySelector("#invalid");
  var exceptions = form.querySelector(".exceptions");
  var numbers = exceptions ? Array.from(exceptions.querySelectorAll("input")) : [];
  var looked = null;

  function rows() {
    return Array.from(form.querySelectorAll(".paper-question"));
  }

  // A row of choices in which none is made, not even "blank".
  function isOpen(row) {
    return !!row.querySelector("input[type=radio]") && !row.querySelector("input:checked");
  }

  function fieldOf(row) {
    return row.querySelector("input:checked, input, textarea");
  }

  function firstField() {
    return numbers[0] || (rows()[0] ? fieldOf(rows()[0]) : save);
  }

  function isKeyed() {
    return numbers.length ? !!numbers[2].value.trim() : rows().length && !rows().some(isOpen);
  }

  function say(field, message) {
    var problem = document.getElementById(field.id + "-problem");
    problem.textContent = message;
    problem.hidden = !message;
    if (message) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }

  // What became of the slip before, in place of its buttons.
  function tell(found) {
    before.textContent = "";
    if (!found.outcome) return;
    var line = document.createElement("p");
    line.className = found.refused ? "notice notice-error" : "notice";
    line.setAttribute("role", found.refused ? "alert" : "status");
    line.textContent = found.outcome;
    before.append(line);
  }

  // Asked once for each code typed. Without an answer of the server nothing is said: saving looks at it again.
  function look() {
    var typed = code.value;
    if (!typed.trim() || typed === looked) return Promise.resolve(!code.hasAttribute("aria-invalid"));
    looked = typed;
    return fetch(form.dataset.look, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (reply) { return reply.json(); })
      .then(function (found) {
        if (code.value !== typed) return false;
        say(code, found.message);
        if (found.outcome !== undefined && before) tell(found);
        if (found.message) { code.focus(); code.select(); }
        return !found.message;
      })
      .catch(function () { looked = null; return true; });
  }

  function named(field) {
    return field.value.match(/\d+/g) || [];
  }

  // How many are satisfied, large, while the paper is still in hand.
  function show() {
    var large = exceptions.querySelector("[data-satisfied]");
    var not = named(numbers[0]).length, blank = named(numbers[1]).length;
    var rest = exceptions.dataset.items.split(" ").length - not - blank;
    var others = document.createElement("span");
    large.textContent = large.dataset.satisfied.replace("{n}", Math.max(rest, 0)) + " ";
    others.textContent = large.dataset.others.replace("{dissatisfied}", not).replace("{blank}", blank);
    large.append(others);
    large.hidden = false;
  }

  // Enter in the last of the numbers: the count must be that of the numbers above; the server looks at the rest.
  function isCounted() {
    var count = named(numbers[0]).length + named(numbers[1]).length;
    if (numbers[2].value.trim() === String(count)) return true;
    say(numbers[2], exceptions.dataset.other.replace("{named}", count));
    numbers[2].focus();
    numbers[2].select();
    return false;
  }

  // Saves, unless something was forgotten: then it leads there.
  function finish() {
    var open = rows().find(isOpen);
    if (!reason.value && numbers.length && !isCounted()) return;
    if (!reason.value && open) { fieldOf(open).focus(); return; }
    form.requestSubmit(save);
  }

  code.addEventListener("change", look);
  code.addEventListener("input", function () { say(code, ""); });
  numbers.forEach(function (field) {
    field.addEventListener("input", function () { say(field, ""); show(); });
    field.addEventListener("focus", show);
  });

  form.addEventListener("keydown", function (event) {
    var field = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter") {
      if (event.shiftKey && field.tagName === "TEXTAREA") return;
      event.preventDefault();
      if (event.repeat) return;
      // Scanners send Enter after the code by themselves: it leads on, and saves a slip that is keyed already.
      if (field !== code) {
        var next = numbers[numbers.indexOf(field) + 1];
        if (numbers.indexOf(field) >= 0 && next) next.focus();
        else finish();
        return;
      }
      var store = before && before.querySelector("form[action$='/luu'] button");
      if (!code.value.trim() && store) { store.click(); return; }
      if (!code.value.trim()) return;
      if (isKeyed()) look().then(function (good) { if (good) save.focus(); });
      // The keys that follow need not wait for the server; a code that cannot be keyed takes the focus back.
      else { look(); firstField().focus(); }
      return;
    }
    var question = field.closest(".paper-question");
    if (!question || field.type !== "radio") return;
    var choice = question.querySelector('input[data-key="' + CSS.escape(event.key) + '"]');
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    var next = question.nextElementSibling;
    (next && next.matches(".paper-question") && fieldOf(next) || save).focus();
  });
})();
