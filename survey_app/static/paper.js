// Keying paper with the keyboard alone: number keys pick and move on, Enter saves, the code is looked at first.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keys]");
  if (!form) return;
  var code = form.querySelector("#code");
  var problem = form.querySelector("#code-problem");
  var before = document.getElementById("before");
  var save = form.querySelector("[data-save]");
  var looked = null;

  function firstField() {
    return form.querySelector(".paper-question input:checked, .paper-question input, .paper-question textarea") || save;
  }

  function isKeyed() {
    return !!form.querySelector('.paper-question input:checked:not([value=""])');
  }

  function say(message) {
    problem.textContent = message;
    problem.hidden = !message;
    if (message) code.setAttribute("aria-invalid", "true");
    else code.removeAttribute("aria-invalid");
  }

  // What became of the slip before, in place of its buttons.
  function tell(found) {
    before.textContent = "";
    if (!found.told) return;
    var box = document.createElement("div");
    box.className = found.receipt ? "notice" : "notice notice-error";
    box.setAttribute("role", "status");
    [found.told, found.receipt].forEach(function (text, place) {
      var line = document.createElement("p");
      line.textContent = text;
      if (place) line.className = "notice-receipt";
      if (text) box.append(line);
    });
    before.append(box);
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
        say(found.message);
        if (found.told !== undefined && before) tell(found);
        if (found.message) { code.focus(); code.select(); }
        return !found.message;
      })
      .catch(function () { looked = null; return true; });
  }

  code.addEventListener("change", look);
  code.addEventListener("input", function () { say(""); });

  form.addEventListener("keydown", function (event) {
    var field = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter") {
      if (field === save || (event.shiftKey && field.tagName === "TEXTAREA")) return;
      event.preventDefault();
      if (event.repeat) return;
      // Scanners send Enter after the code by themselves: it leads on, and saves a slip that is keyed already.
      if (field !== code) { form.requestSubmit(save); return; }
      var store = before && before.querySelector("form[action$='/luu'] button");
      if (!code.value.trim() && store) { store.click(); return; }
      look().then(function (good) { if (good && code.value.trim()) (isKeyed() ? save : firstField()).focus(); });
      return;
    }
    var question = field.closest(".paper-question");
    if (!question || field.type !== "radio") return;
    var choice = question.querySelector('input[data-key="' + CSS.escape(event.key) + '"]');
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    var next = question.nextElementSibling;
    (next && next.matches(".paper-question") && next.querySelector("input:checked, input, textarea") || save).focus();
  });
})();
