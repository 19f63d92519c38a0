// Questions before something is done, and the way back. Everything else works without scripts.
"use strict";

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target && target.closest("[data-opens]");
  if (opener) {
    document.getElementById(opener.dataset.opens)?.showModal();
    return;
  }
  const closer = target && target.closest("[data-closes]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  const back = target && target.closest("[data-back]");
  if (back && history.length > 1) {
    event.preventDefault();
    history.back();
    return;
  }
  // The menu of small screens closes when something else is clicked.
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});

// A page that is on its way is not asked for again: on a slow line, what keeps itself fresh would break off each load.
// After a while it is, since a load may have been stopped, or have been a download.
const LEAVING_MILLISECONDS = 60_000;
let leavingUntil = 0;
const isLeaving = (event) => event.detail.requestConfig.verb === "get" && performance.now() < leavingUntil;
const leave = () => { leavingUntil = performance.now() + LEAVING_MILLISECONDS; };
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isLeaving(event)) event.preventDefault();
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  if (isLeaving(event)) event.preventDefault();
  else if (xhr.getResponseHeader("HX-Refresh") || xhr.getResponseHeader("HX-Redirect")) leave();
});
window.addEventListener("beforeunload", leave);
window.addEventListener("pageshow", () => { leavingUntil = 0; });
