// Sending a file: the columns that were chosen, how much has arrived, and what to say when the way broke.
"use strict";

const formOf = (event) => event.target instanceof Element ? event.target.closest("form[data-upload]") : null;

document.addEventListener("htmx:configRequest", (event) => {
  const form = formOf(event);
  if (!form) return;
  const chosen = [...form.querySelectorAll("select[data-column]")].map((each) => `${each.dataset.column}:${each.value}`);
  if (chosen.length) event.detail.headers["X-Columns"] = chosen.join(",");
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = formOf(event)?.querySelector("progress.upload");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (event.detail.loaded / event.detail.total) * 100;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const bar = formOf(event)?.querySelector("progress.upload");
  if (bar) bar.hidden = true;
});

// Another file has columns of its own.
document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (form && event.target.type === "file") form.querySelector("#answer").textContent = "";
});

const tell = (event, text) => {
  const answer = formOf(event)?.querySelector("#answer");
  if (!answer) return;
  const box = document.createElement("div");
  box.className = "alarm bad";
  box.textContent = text;
  answer.replaceChildren(box);
};

document.addEventListener("htmx:sendError", (event) => tell(event, "The file did not arrive. Nothing was changed: send it again."));
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  tell(event, page.querySelector("main p")?.textContent || "That was not done. Load the page again and repeat it.");
});

// The whole frame takes what is dropped, not only the field in it.
document.addEventListener("dragover", (event) => {
  if (formOf(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const field = formOf(event)?.querySelector("input[type=file]");
  if (!field || event.target === field || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
