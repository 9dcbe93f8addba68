"use strict";
// Counting: every line is saved as soon as it is entered, every scan at once, one after the other.
{
    const form = document.getElementById("act-form");
    const buttons = document.getElementById("count-buttons");
    const box = document.getElementById("scan-box");
    const result = document.getElementById("scan-result");
    const save = document.getElementById("count-save");
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    let queue = Promise.resolve();
    let waiting = 0;
    let near = "";
    let bin = "";

    function say(text, isWrong) {
        result.textContent = text;
        result.classList.toggle("wrong", isWrong);
    }
    // What is sent is made when its turn comes: a scan of a bin decides what the next scan means.
    function send(url, entries) {
        waiting += 1;
        const answer = queue.then(async () => {
            try {
                const body = new URLSearchParams({...entries(), csrfmiddlewaretoken: token});
                const response = await fetch(url, {method: "POST", body, keepalive: true, credentials: "same-origin"});
                const type = response.headers.get("Content-Type") || "";
                return type.includes("json") ? await response.json() : {error: `${response.status}`};
            } catch {
                return {error: buttons.dataset.offline};
            } finally {
                waiting -= 1;
            }
        });
        queue = answer;
        return answer;
    }
    function rowOf(item) {
        return form.querySelector(`[name="counted-${item}"]`)?.closest("tr");
    }
    function show(row, answer) {
        row.querySelector("[data-counts]").value = answer.counted ?? "";
        if ("expected" in answer) {
            row.querySelector("[data-fact=expected]").textContent = answer.expected;
            row.querySelector("[data-fact=difference]").innerHTML = answer.difference;
        }
        row.classList.remove("unsaved");
        row.classList.toggle("counted", answer.counted !== null);
    }
    function note(answer) {
        if ("places" in answer) {
            document.querySelector("[data-done]").textContent = answer.done;
            document.querySelector("[data-places]").textContent = answer.places;
            const bar = document.getElementById("count-progress");
            bar.max = answer.places || 1;
            bar.value = answer.done;
        }
    }
    async function saveLine(row) {
        const counted = row.querySelector("[data-counts]");
        const item = counted.name.split("-")[1];
        const reason = form.querySelector(`[name="reason-${item}"]`).value;
        near = item;
        row.classList.add("unsaved");
        const answer = await send(buttons.dataset.line, () => ({item, counted: counted.value, reason}));
        if (answer.error) {
            say(buttons.dataset.lost.replace("%s", answer.error), true);
            return;
        }
        show(row, answer);
        note(answer);
        say(`${answer.said} · ${buttons.dataset.saved}`, false);
    }
    async function scan(code) {
        const answer = await send(buttons.dataset.scan, () => ({code, near, bin}));
        if (answer.error) {
            say(answer.error, true);
            return;
        }
        say(answer.said, false);
        note(answer);
        if (answer.bin) {
            bin = answer.bin;
            return;
        }
        near = answer.item;
        const row = rowOf(answer.item);
        for (const other of form.querySelectorAll("tr.scanned")) {
            other.classList.remove("scanned");
        }
        if (row) {
            row.classList.add("scanned");
            show(row, answer);
            row.scrollIntoView({block: "nearest"});
        }
    }

    save.hidden = true;
    for (const row of form.querySelectorAll("table.grid tbody tr")) {
        row.addEventListener("change", () => saveLine(row));
        row.addEventListener("focusin", () => {
            near = row.querySelector("[data-counts]").name.split("-")[1];
        });
        row.classList.toggle("counted", row.querySelector("[data-counts]").value !== "");
    }
    // This box asks the server, which knows the lines of all pages; the grid's own answer to Enter is not wanted.
    box.addEventListener("keydown", (event) => {
        if (event.key === "Enter") {
            event.preventDefault();
            event.stopImmediatePropagation();
            const code = box.value.trim();
            box.value = "";
            if (code) {
                scan(code);
            }
        }
    }, true);
    // Nobody leaves before everything is saved.
    for (const link of buttons.querySelectorAll("a")) {
        link.addEventListener("click", (event) => {
            if (waiting) {
                event.preventDefault();
                queue.then(() => location.assign(link.href));
            }
        });
    }
}
