// Who signs out leaves nothing of theirs on this computer: kept drafts go too, even if the server cannot be reached.
document.querySelectorAll('form[action^="/dang-xuat"], form[action^="/can-bo/dang-xuat"]').forEach(function (form) {
  form.addEventListener("submit", function () {
    try { Object.keys(localStorage).forEach(function (key) { if (key.indexOf("mau-phieu/") === 0) localStorage.removeItem(key); }); } catch (error) { /* Not allowed: then nothing was kept. */ }
  });
});
