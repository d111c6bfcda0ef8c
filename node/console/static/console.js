/* The console's own script: contents sent as they are, with progress; packages sent for verification.
   Words come from the page (data-…), so that there is one catalogue. Without script every other page works. */
"use strict";

(() => {
  const token = () => document.querySelector('input[name="csrf"]').value;

  const element = (name, attributes, text) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const randomKey = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  /* A place to drop files on; the input inside it is the same for keyboards and screen readers. */
  const takeFiles = (area, take) => {
    const input = area.querySelector('input[type="file"]');
    input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
    for (const name of ["dragenter", "dragover"])
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.add("over"); });
    for (const name of ["dragleave", "drop"])
      area.addEventListener(name, (event) => { event.preventDefault(); area.classList.remove("over"); });
    area.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
  };

  /* Upload */
  const describe = (form, file) => {
    const item = { kind: form.elements.kind.value, file_name: file.name.normalize("NFC") };
    if (file.type) item.media_type = file.type;
    const number = form.elements.case.value.trim();
    if (number) item.case = number;
    const persons = form.elements.persons.value.split(/[\n,，;；]/).map((each) => each.trim()).filter(Boolean);
    if (persons.length) item.persons = persons;
    const note = form.elements.note.value.trim();
    if (note) item.fields = { note };
    const reason = form.elements.duplicate_reason.value.trim();
    if (reason) item.duplicate_reason = reason;
    return item;
  };

  const send = (form, words, entry, file, item, key) => {
    const bar = entry.querySelector("progress"), state = entry.querySelector(".state");
    const fail = (text) => {
      entry.querySelector(".chip").className = "chip bad";
      state.textContent = text;
      bar.hidden = true;
      const again = element("button", { type: "button" }, words.again);
      again.addEventListener("click", () => {
        again.remove();
        bar.hidden = false;
        /* The same key: what did arrive is not sealed twice. A changed form is another request. */
        const next = describe(form, file), same = JSON.stringify(next) === JSON.stringify(item);
        send(form, words, entry, file, next, same ? key : randomKey());
      });
      entry.append(again);
    };
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/evidence");
    request.setRequestHeader("Content-Type", form.dataset.mediaType);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("error", () => fail(words.broken));
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
      if (request.status !== 201 && request.status !== 200) {
        fail(answer.title ? `${answer.title} ${answer.remedy || ""}` : words.broken);
        return;
      }
      bar.hidden = true;
      const chip = entry.querySelector(".chip");
      chip.className = "chip good";
      chip.textContent = words.sealed;
      state.replaceChildren(element("a", { href: `/evidence/${answer.id}` }, answer.id.slice(0, 12)));
    });
    entry.querySelector(".chip").className = "chip wait";
    state.textContent = "";
    request.send(new Blob([JSON.stringify(item) + "\n", file]));
  };

  const upload = (form) => {
    const queue = document.getElementById("queue"), words = form.dataset;
    const limit = Number(form.dataset.limit);
    takeFiles(form.querySelector(".drop"), (files) => {
      if (!form.reportValidity()) return;
      for (const file of files) {
        const entry = element("li", {});
        const head = element("div", { class: "row" });
        head.append(element("strong", {}, file.name), element("span", { class: "chip wait" }, words.sending));
        head.append(element("span", { class: "state" }));
        const bar = element("progress", { max: "1", value: "0", "aria-label": file.name });
        entry.append(head, bar);
        queue.prepend(entry);
        if (file.size > limit) {
          entry.querySelector(".chip").className = "chip bad";
          entry.querySelector(".state").textContent = words.large;
          bar.hidden = true;
        } else send(form, words, entry, file, describe(form, file), randomKey());
      }
    });
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  /* Verification */
  const verify = (area) => {
    const report = document.getElementById("report");
    takeFiles(area, async ([file]) => {
      if (!file) return;
      report.replaceChildren(element("p", { class: "soft" }, `${area.dataset.checking} ${file.name}`));
      if (file.size > Number(area.dataset.limit)) {
        report.replaceChildren(element("p", { class: "notice error", role: "alert" }, area.dataset.large));
        return;
      }
      try {
        const answer = await fetch("/verify", {
          method: "POST",
          body: file,
          headers: { "Content-Type": "application/zip", "X-CSRF-Token": token(), "HX-Request": "true" },
        });
        /* Our own page's part, escaped by the server. */
        report.innerHTML = await answer.text();
      } catch {
        report.replaceChildren(element("p", { class: "notice error", role: "alert" }, area.dataset.broken));
      }
    });
  };

  const form = document.getElementById("upload"), area = document.getElementById("verify");
  if (form) upload(form);
  if (area) verify(area);
})();
