// Small comforts on top of pages that work without script.
(() => {
  "use strict";
  let lastContact = new Date();
  const banner = document.getElementById("out-of-contact");

  // Text 7: the person must know when the figures may be old.
  const lost = () => {
    if (!banner || !banner.hidden) return;
    const two = (n) => String(n).padStart(2, "0");
    const at = `${two(lastContact.getHours())}.${two(lastContact.getMinutes())}`;
    banner.textContent = `${banner.dataset.before} ${at}. ${banner.dataset.after}`;
    banner.hidden = false;
  };
  const found = () => {
    lastContact = new Date();
    if (banner) banner.hidden = true;
  };
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", lost);
  document.addEventListener("htmx:afterOnLoad", found);
  window.addEventListener("offline", lost);

  // "/" goes to the search place; Escape closes an open panel.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const place = document.getElementById("sok");
      if (place) { event.preventDefault(); place.focus(); }
    }
    if (event.key === "Escape") {
      document.querySelectorAll("details.who[open]").forEach((panel) => {
        panel.open = false;
        panel.querySelector("summary").focus();
      });
    }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.who[open]").forEach((panel) => {
      if (!panel.contains(event.target)) panel.open = false;
    });
    if (event.target.closest?.("[data-print]")) window.print();
  });

  // A form is sent once, however often a tired hand presses.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    // What a part of the form is fetching belongs to it: first that, then the form.
    if (form.matches(".htmx-request") || form.querySelector(".htmx-request")) {
      const button = event.submitter;
      event.preventDefault();
      document.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(button)), { once: true });
      return;
    }
    if (form.method === "post") form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  const summary = document.querySelector(".summary");
  if (summary) summary.focus();
})();
