// A second press within three seconds does nothing: making slips, inviting or deciding happens once. Later it is meant.
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (event.timeStamp - (form.pressedAt || -3000) < 3000) event.preventDefault();
  else form.pressedAt = event.timeStamp;
}, true);
window.addEventListener("pageshow", function () {
  Array.prototype.forEach.call(document.forms, function (form) { form.pressedAt = undefined; });
});
