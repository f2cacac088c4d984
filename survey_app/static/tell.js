// Copies a message for Zalo or SMS. Without this script the words stand below, to be marked and copied by hand.
Array.prototype.forEach.call(document.querySelectorAll("[data-tell]"), function (place) {
  var button = place.querySelector("[data-copy]");
  var words = place.querySelector("textarea, input");
  var copied = place.querySelector("[data-copied]");
  function done() { copied.hidden = false; }
  // Where the page is not served by https browsers keep the clipboard away; marked text can be copied everywhere.
  function byHand() {
    var around = words.closest("details");
    if (around) around.open = true;
    words.select();
    if (document.execCommand("copy")) done();
  }
  button.hidden = false;
  button.addEventListener("click", function () {
    if (navigator.clipboard) navigator.clipboard.writeText(words.value).then(done, byHand);
    else byHand();
  });
});
