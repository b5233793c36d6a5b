// The page is whole without this: it adds copy buttons, search as you type, dropped files and the progress of an upload.
"use strict";

function copies(root) {
  for (const pre of root.querySelectorAll("pre[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the command");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    pre.parentElement.classList.add("copies");
    pre.after(button);
  }
}

function live(root) {
  for (const form of root.querySelectorAll("form[data-live]")) {
    const input = form.querySelector("input"), out = form.querySelector(".live");
    let timer = 0, asked = 0;
    const empty = () => { asked += 1; out.replaceChildren(); };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      if (!input.value.trim()) return empty();
      timer = setTimeout(async () => {
        const mine = (asked += 1);
        const answer = await fetch(`${form.dataset.live}?part=1&q=${encodeURIComponent(input.value)}`);
        if (mine !== asked || !answer.ok) return;
        const found = new DOMParser().parseFromString(await answer.text(), "text/html");
        out.replaceChildren(...found.body.childNodes);
      }, 150);
    });
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") empty(); });
    document.addEventListener("click", (event) => { if (!form.contains(event.target)) empty(); });
  }
}

function drops(root) {
  for (const form of root.querySelectorAll("form[data-drop]")) {
    const files = form.querySelector("input[type=file]");
    if (!files) continue;
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("dropping"); });
    form.addEventListener("dragleave", () => form.classList.remove("dropping"));
    form.addEventListener("drop", (event) => {
      form.classList.remove("dropping");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      files.files = event.dataTransfer.files;
    });
  }
}

const LARGE = 1 << 20;

function progress(root) {
  for (const form of root.querySelectorAll("form[data-progress]")) {
    form.addEventListener("submit", (event) => {
      const given = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
      if (given.reduce((sum, file) => sum + file.size, 0) < LARGE) return;
      event.preventDefault();
      send(form, event.submitter);
    });
  }
}

function send(form, button) {
  const box = document.createElement("div"), bar = document.createElement("progress"), said = document.createElement("p");
  box.className = "progress";
  box.setAttribute("role", "status");
  bar.max = 1;
  bar.setAttribute("aria-label", "Read so far");
  box.append(bar, said);
  form.append(box);
  button.disabled = true;
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / event.total;
    said.textContent = `${(event.loaded / 1e6).toFixed(0)} of ${(event.total / 1e6).toFixed(0)} MB read`;
  });
  request.addEventListener("load", () => shown(request.response, form.action));
  request.addEventListener("error", () => {
    box.remove();
    button.disabled = false;
    form.submit();
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function shown(page, address) {
  if (!page) return;
  history.pushState(null, "", address);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  begin();
  document.querySelector("main").focus();
  scrollTo(0, 0);
}

function begin() {
  copies(document);
  live(document);
  drops(document);
  progress(document);
}

addEventListener("popstate", () => location.reload());
begin();
