// Moves a question without loading the page: the answer of the server takes the place of what is shown, the focus stays.
(function () {
  "use strict";
  var main = document.getElementById("main");

  function swap(form, button) {
    var sent = new URLSearchParams(new FormData(form));
    sent.append(button.name, button.value);
    var top = button.getBoundingClientRect().top;
    fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" }).then(function (reply) {
      if (!reply.ok) throw new Error("refused");
      return reply.text();
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
      main.replaceChildren.apply(main, fresh.childNodes);
      var wanted = main.querySelector("[autofocus]") || main.querySelector("#" + form.closest("li").id + " button");
      wanted.focus({ preventScroll: true });
      window.scrollBy(0, wanted.getBoundingClientRect().top - top);
    }).catch(function () {
      // Whatever went wrong, the page that the server draws says it.
      form.removeAttribute("data-swap");
      form.pressedAt = undefined;
      form.requestSubmit(button);
    });
  }

  main.addEventListener("submit", function (event) {
    if (!event.target.matches("[data-swap]") || !event.submitter || event.defaultPrevented) return;
    event.preventDefault();
    swap(event.target, event.submitter);
  });
  main.addEventListener("keydown", function (event) {
    var card = event.altKey && event.target.closest ? event.target.closest(".question-card") : null;
    var name = { ArrowUp: "len", ArrowDown: "xuong" }[event.key];
    var button = card && name ? card.querySelector('[data-key="' + name + '"]') : null;
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });
})();
