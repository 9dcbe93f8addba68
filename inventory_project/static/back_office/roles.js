"use strict";
// The grid of a role: “All” boxes tick what they cover. Without this script the server works out the same.
for (const grid of document.querySelectorAll(".role-grid")) {
    const live = grid.querySelector("input[name$='-live']");
    if (!live) {
        continue;
    }
    live.value = "1";
    const switches = [...grid.querySelectorAll("input[name$='-switch']")];
    const boxes = [...grid.querySelectorAll("input[name$='-box']")];
    const escaped = (text) => text.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
    const covers = (pattern) => new RegExp(`^${escaped(pattern)}$`);

    function mark() {
        const on = switches.filter((one) => one.checked).map((one) => covers(one.value));
        for (const box of boxes) {
            const isGiven = on.some((pattern) => pattern.test(box.value));
            box.parentElement.classList.toggle("given", isGiven && box.checked);
            box.parentElement.classList.toggle("taken", isGiven && !box.checked);
        }
    }
    for (const one of switches) {
        one.addEventListener("change", () => {
            const pattern = covers(one.value);
            const others = switches.filter((other) => other.checked && other !== one).map((other) => covers(other.value));
            for (const box of boxes) {
                if (!box.disabled && pattern.test(box.value)) {
                    box.checked = one.checked || others.some((other) => other.test(box.value));
                }
            }
            mark();
        });
    }
    for (const box of boxes) {
        box.addEventListener("change", mark);
    }
}
