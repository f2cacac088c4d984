// Keeps what is typed into a form of the editor until it is saved: a session that ends or a closed tab loses nothing.
// The copy lives in this browser only, under the person, the draft and the part, with the revision it was typed on.
(function () {
  "use strict";
  var PREFIX = "mau-phieu/";
  var KEEP_OUT = ["csrf_token", "act", "pasted"];

  function read(key) {
    try { return JSON.parse(localStorage.getItem(PREFIX + key)); } catch (error) { return null; }
  }
  function write(key, kept) {
    try { localStorage.setItem(PREFIX + key, JSON.stringify(kept)); } catch (error) { /* No room or not allowed: the page works without. */ }
  }
  function drop(key) {
    try { localStorage.removeItem(PREFIX + key); } catch (error) { /* As above. */ }
  }

  var saved = document.querySelector("[data-saved]");
  if (saved) drop(saved.dataset.saved);

  var form = document.querySelector("form[data-autosave]");
  if (!form) return;
  var key = form.dataset.autosave;
  var notice = document.querySelector("[data-unsaved]");

  // Field name to the list of its values; ticked boxes only.
  function values() {
    var found = Object.create(null);
    new FormData(form).forEach(function (value, name) {
      if (KEEP_OUT.indexOf(name) < 0 && typeof value === "string") (found[name] = found[name] || []).push(plain(value));
    });
    return found;
  }
  function plain(text) { return text.replace(/\r\n?/g, "\n").normalize("NFC").trim(); }
  // What the person can see and change; hidden fields tell only which state it was typed on.
  function visible(all) {
    var shown = Object.create(null);
    Object.keys(all).sort().forEach(function (name) {
      var field = form.elements[name];
      if (!(field && field.type === "hidden") && all[name].join("") !== "") shown[name] = all[name];
    });
    return JSON.stringify(shown);
  }
  function put(kept) {
    var rest = [];
    Array.prototype.forEach.call(form.elements, function (field) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = (kept[field.name] || []).indexOf(field.value) >= 0;
    });
    Object.keys(kept).forEach(function (name) {
      var field = form.elements[name];
      if (!field) { if (kept[name].join("").trim()) rest.push(kept[name].join(", ")); return; }
      if (field.type && field.type !== "checkbox" && field.type !== "radio" && name !== "rows" && name !== "shown_kind") field.value = kept[name][0];
    });
    return rest;
  }

  var start = visible(values());
  var kept = read(key);
  if (form.hasAttribute("data-typed")) {
    write(key, values());
  } else if (kept) {
    if (visible(kept) === start) {
      drop(key);
    } else {
      var rest = put(kept);
      if (rest.length) {
        var place = notice.querySelector("[data-unsaved-rest]");
        place.textContent = rest.join("\n");
        place.hidden = false;
      }
      notice.hidden = false;
    }
  }

  function keep() {
    var now = values();
    if (visible(now) === start) drop(key); else write(key, now);
  }
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  document.querySelectorAll("[data-discard]").forEach(function (button) {
    button.addEventListener("click", function () {
      drop(key);
      if (button.tagName === "BUTTON") location.reload();
    });
  });
})();

// How many letters are left, told while there still are some.
Array.prototype.forEach.call(document.querySelectorAll("form[data-left] [data-limit]"), function (field) {
  var words = field.form.dataset, limit = Number(field.dataset.limit);
  var hint = document.createElement("small");
  hint.setAttribute("role", "status");
  field.insertAdjacentElement("afterend", hint);
  function count() {
    var left = limit - field.value.normalize("NFC").length;
    hint.textContent = left > limit / 5 ? "" : (left < 0 ? words.over : words.left).replace("{n}", Math.abs(left));
    hint.className = left < 0 ? "field-error" : "muted";
  }
  field.addEventListener("input", count);
  count();
});
