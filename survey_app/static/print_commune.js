// The download of a whole commune: shows how far it is, warns who leaves, and hands over the file once it is whole.
// Without this script the form downloads the file by itself.
(function () {
  "use strict";
  var form = document.querySelector("form[data-print-commune]");
  if (!form || !window.ReadableStream || !window.fetch) return;
  var button = form.querySelector("button");
  var bar = form.querySelector("progress");
  var line = form.querySelector("[data-status]");

  function say(words, found) {
    line.textContent = words.replace("MADE", found.made).replace("OF", found.villages).replace("SLIPS", found.slips);
  }

  function warn(event) {
    event.preventDefault();
    event.returnValue = "";
  }

  function look() {
    return fetch(form.dataset.progress, { credentials: "same-origin" }).then(function (reply) { return reply.json(); });
  }

  // The file is put together here: only a whole one is saved, and the page knows when it is.
  function whole(reply) {
    var reader = reply.body.getReader();
    var parts = [];
    function next() {
      return reader.read().then(function (piece) {
        if (piece.done) return new Blob(parts, { type: "application/zip" });
        parts.push(piece.value);
        return next();
      });
    }
    return next();
  }

  function save(file, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  }

  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    bar.hidden = false;
    window.addEventListener("beforeunload", warn);
    var asking = setInterval(function () {
      look().then(function (found) {
        if (!button.disabled || bar.hidden) return;
        bar.max = found.villages;
        bar.value = found.made;
        say(form.dataset.making, found);
      }).catch(function () {});
    }, 1500);
    function end() {
      clearInterval(asking);
      bar.hidden = true;
      window.removeEventListener("beforeunload", warn);
    }
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" })
      .then(function (reply) {
        if ((reply.headers.get("Content-Type") || "").indexOf("application/zip") !== 0) {
          // A refusal, or who you are is asked again: nothing was made, and the answer is a page.
          end();
          form.submit();
          return undefined;
        }
        var name = /filename="?([^";]+)/.exec(reply.headers.get("Content-Disposition") || "");
        return whole(reply).then(function (file) {
          save(file, name ? name[1] : "phieu.zip");
          return look().then(function (found) { end(); say(form.dataset.saved, found); });
        });
      })
      .catch(function () {
        end();
        line.textContent = form.dataset.broken;
      });
  });
})();
