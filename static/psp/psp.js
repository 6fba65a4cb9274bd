// Small comforts. Every journey works without this file.
(function () {
  "use strict";

  // A form that is on its way is not sent again by a second press of Enter or another button. The portal refuses
  // a second sending anyway; this only spares the person the message.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    window.setTimeout(function () {
      delete form.dataset.sent;
    }, 5000);
  });

  // The browser may bring a page back from its memory when somebody goes back: its forms can be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  // A print button is of no use without scripts, so it is shown only here.
  document.querySelectorAll("[data-psp-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });
})();
