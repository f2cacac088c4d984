// Folds the menu of phones again; without this script the link opens it and any other page has it folded.
(function () {
  "use strict";
  var link = document.querySelector("[data-menu]");
  var menu = document.getElementById("menu");
  if (!link || !menu) return;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", function (event) {
    event.preventDefault();
    link.setAttribute("aria-expanded", String(menu.classList.toggle("open")));
  });
})();
