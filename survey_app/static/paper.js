// Number keys pick an answer and move on, so that a slip is keyed without looking at the screen.
(function () {
  "use strict";
  var form = document.querySelector("form[data-keys]");
  if (!form) return;
  // Enter after the code, which scanners send by themselves, goes to the first question instead of saving.
  form.querySelector("#code").addEventListener("keydown", function (event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.querySelector(".paper-question input:checked, .paper-question input, .paper-question textarea").focus();
  });
  form.addEventListener("keydown", function (event) {
    var question = event.target.closest(".paper-question");
    if (!question || event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
    var choice = question.querySelector('input[data-key="' + CSS.escape(event.key) + '"]');
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    var next = question.nextElementSibling;
    var field = next && next.querySelector("input:checked, input, textarea, select, button");
    (field || form.querySelector("#invalid")).focus();
  });
})();
