/* The console's own script: contents sent with progress, large ones in parts; packages sent for verification; tables.
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

  /* One request; what the server answers, or null when nothing came back. */
  const request = (method, path, body, headers, sent) => new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.open(method, path);
    for (const [name, value] of Object.entries({ "X-CSRF-Token": token(), ...headers })) asked.setRequestHeader(name, value);
    if (sent) asked.upload.addEventListener("progress", (event) => sent(event.loaded));
    for (const name of ["error", "abort", "timeout"]) asked.addEventListener(name, () => resolve(null));
    asked.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(asked.responseText); } catch { /* a proxy's own page */ }
      resolve({ status: asked.status, answer });
    });
    asked.send(body);
  });

  const passes = (done) => done === null || done.status === 429 || done.status >= 500;
  const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

  /* Where an upload is remembered in this browser: under a digest, for names of files say too much. */
  const placeOf = async (file, item) => {
    if (!crypto.subtle) return "";
    const named = [file.name, file.size, file.lastModified, JSON.stringify(item)].join("|");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(named)));
    return `upload-${Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("")}`;
  };
  const remembered = (place) => { try { return place && localStorage.getItem(place); } catch { return ""; } };
  const remember = (place, id) => {
    try {
      if (place && id) localStorage.setItem(place, id);
      else if (place) localStorage.removeItem(place);
    } catch { /* a browser that keeps nothing */ }
  };

  /* A content at once: a broken one begins anew, under the same key. */
  const sendWhole = (form, file, item, key, shown) => request(
    "POST", "/v1/evidence", new Blob([JSON.stringify(item) + "\n", file]),
    { "Content-Type": form.dataset.mediaType, "Idempotency-Key": key },
    (loaded) => shown(Math.min(loaded, file.size)));

  /* A content in parts: what arrived stays, also over a reload of the page. */
  const PART = 8 * 1024 * 1024, PAUSES = [1, 2, 5, 10, 20, 30];
  const sendInParts = async (form, file, item, shown, say) => {
    const place = await placeOf(file, item), json = { "Content-Type": "application/json" };
    let id = remembered(place), offset = 0, failures = 0;
    /* Asks until an answer comes that is not about the connection; null when it takes too long. */
    const insist = async (...asked) => {
      for (;;) {
        const done = await request(...asked);
        if (!passes(done) || failures >= PAUSES.length) return done;
        say(form.dataset.waiting);
        await pause(PAUSES[failures++]);
      }
    };
    if (id) {
      const found = await insist("GET", `/v1/uploads/${id}`, null, {});
      if (found && found.status === 200) offset = found.answer.offset;
      else if (found && found.status === 404) { remember(place, ""); id = ""; } else return found;
    }
    if (!id) {
      const begun = await insist("POST", "/v1/uploads", JSON.stringify(item), json);
      if (!begun || begun.status !== 201) return begun;
      id = begun.answer.upload_id;
      remember(place, id);
    }
    while (offset < file.size) {
      shown(offset);
      const first = offset;
      const done = await request("PATCH", `/v1/uploads/${id}`, file.slice(first, first + PART),
        { "Content-Type": "application/octet-stream", "Upload-Offset": String(first) },
        (loaded) => { say(form.dataset.sending); shown(first + loaded); });
      if (done && done.status === 200) { offset = done.answer.offset; failures = 0; continue; }
      if (!passes(done) && done.answer.code !== "upload-offset") return done;
      if (failures >= PAUSES.length) return done;
      say(form.dataset.waiting);
      await pause(PAUSES[failures++]);
      const reached = await insist("GET", `/v1/uploads/${id}`, null, {});
      if (!reached || reached.status !== 200) return reached;
      offset = reached.answer.offset;
    }
    shown(file.size);
    say(form.dataset.sealing);
    const done = await insist("POST", `/v1/uploads/${id}/finish`, null, {});
    if (done && done.status !== 401 && done.status !== 403 && !passes(done)) {
      remember(place, "");
      /* Refused for good: what arrived is not kept for a week. */
      if (done.status !== 201) request("DELETE", `/v1/uploads/${id}`, null, {});
    }
    return done;
  };

  const send = async (form, words, entry, file, item, key) => {
    const bar = entry.querySelector("progress"), state = entry.querySelector(".state"), chip = entry.querySelector(".chip");
    const shown = (bytes) => { bar.value = file.size ? bytes / file.size : 1; };
    const say = (text) => { if (chip.textContent !== text) chip.textContent = text; };
    chip.className = "chip wait";
    say(words.sending);
    state.textContent = "";
    const parts = file.size > Number(words.parts);
    const done = await (parts ? sendInParts(form, file, item, shown, say) : sendWhole(form, file, item, key, shown));
    bar.hidden = true;
    if (done && (done.status === 201 || done.status === 200)) {
      chip.className = "chip good";
      say(words.sealed);
      state.replaceChildren(element("a", { href: `/evidence/${done.answer.id}` }, done.answer.id.slice(0, 12)));
      return;
    }
    chip.className = "chip bad";
    say(words.failed);
    state.textContent = done && done.answer.title ? `${done.answer.title} ${done.answer.remedy || ""}` : words.broken;
    const again = element("button", { type: "button" }, parts ? words.resume : words.again);
    again.addEventListener("click", () => {
      again.remove();
      bar.hidden = false;
      /* The same key: what did arrive is not sealed twice. A changed form is another request. */
      const next = describe(form, file), same = JSON.stringify(next) === JSON.stringify(item);
      send(form, words, entry, file, next, same ? key : randomKey());
    });
    entry.append(again);
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
          entry.querySelector(".chip").textContent = words.failed;
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

  /* A table to be screened: sent as it is; what its columns hold is said on the page after. */
  const screen = (form) => {
    const words = form.dataset, bar = form.querySelector("progress"), state = form.querySelector(".state");
    const limits = { csv: words.csv, xlsx: words.xlsx, parquet: words.parquet };
    const fail = (text) => {
      bar.hidden = true;
      state.replaceChildren(element("span", { class: "notice error", role: "alert" }, text));
    };
    takeFiles(form.querySelector(".drop"), async ([file]) => {
      if (!file) return;
      const kind = file.name.split(".").pop().toLowerCase();
      if (!Object.hasOwn(limits, kind)) { fail(words.kinds); return; }
      if (file.size > Number(limits[kind])) { fail(words.large); return; }
      bar.hidden = false;
      state.textContent = words.sending;
      const done = await request("POST", `/v1/blacklist/tables?format=${kind}`, file,
        { "Content-Type": "application/octet-stream" },
        (loaded) => { bar.value = file.size ? loaded / file.size : 1; });
      if (done && done.status === 201) location.assign(words.place + done.answer.table);
      else fail(done && done.answer.title ? `${done.answer.title} ${done.answer.remedy || ""}` : words.broken);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
  };

  const form = document.getElementById("upload"), area = document.getElementById("verify");
  if (form) upload(form);
  if (area) verify(area);
  const table = document.getElementById("table");
  if (table) screen(table);
})();
