"use strict";
// Tables of entries: a scan raises its line, one button fills in all there can be, Enter goes to the line below.
{
    const form = document.getElementById("act-form");
    const table = form?.querySelector("table.grid");
    const box = document.getElementById("scan-box");
    const result = document.getElementById("scan-result");
    const rows = table ? [...table.tBodies[0].rows] : [];
    const counted = (row) => row.querySelector("[data-counts]");

    function say(text, isWrong) {
        result.textContent = text;
        result.classList.toggle("wrong", isWrong);
    }
    function fill(text, ...values) {
        return values.reduce((filled, value) => filled.replace(/%[sd]/, () => value), text);
    }
    function set(input, value) {
        input.value = value;
        input.dispatchEvent(new Event("change", {bubbles: true}));
    }
    function show(row) {
        for (const other of rows) {
            other.classList.toggle("scanned", other === row);
        }
        row.scrollIntoView({block: "nearest"});
    }

    // --- scanning: scanners type the code and press Enter, which must never send the form
    const byCode = new Map();
    for (const row of rows) {
        for (const [code, units] of Object.entries(JSON.parse(row.dataset.codes || "{}"))) {
            byCode.set(code, [...(byCode.get(code) || []), {row, units}]);
        }
    }
    function room(row) {
        return row.dataset.most ? Number(row.dataset.most) - Number(counted(row).value || 0) : Infinity;
    }
    function scan(code) {
        const found = byCode.get(code.normalize("NFKC").toLowerCase()) || [];
        if (!found.length) {
            say(fill(box.dataset.unknown, code), true);
            return;
        }
        const {row, units} = found.find((one) => room(one.row) >= one.units) || found[0];
        const now = Number(counted(row).value || 0) + units;
        const most = row.dataset.most;
        show(row);
        if (most && now > Number(most)) {
            say(fill(box.dataset.over, row.dataset.name, most), true);
            return;
        }
        set(counted(row), now);
        const text = most ? fill(box.dataset.of, row.dataset.name, now, most) : fill(box.dataset.now, row.dataset.name, now);
        say(text, false);
    }
    if (box) {
        box.hidden = false;
        box.focus({preventScroll: true});
        box.addEventListener("keydown", (event) => {
            if (event.key === "Enter") {
                event.preventDefault();
                const code = box.value.trim();
                box.value = "";
                if (code) {
                    scan(code);
                }
            }
        });
    }

    // --- all there can be, on the lines on which nothing was entered
    document.getElementById("fill-all")?.addEventListener("click", (event) => {
        event.preventDefault();
        for (const row of rows) {
            const entries = [...row.querySelectorAll(".entry input:not([type=checkbox], [type=hidden])")];
            if (row.dataset.most && !entries.some((entry) => entry.value.trim())) {
                set(counted(row), row.dataset.most);
            }
        }
        form.querySelector("[data-submit]").focus();
    });

    // --- a tick takes all of a line
    for (const tick of table?.querySelectorAll("[data-takes-all]") || []) {
        const row = tick.closest("tr");
        tick.addEventListener("change", () => set(counted(row), tick.checked ? row.dataset.most : ""));
        counted(row).addEventListener("input", () => {
            tick.checked = Number(counted(row).value) > 0;
        });
    }

    // --- Enter in a line goes down instead of sending the form
    table?.addEventListener("keydown", (event) => {
        const cell = event.target.closest("td.entry");
        if (event.key !== "Enter" || !cell || event.target.matches("button, textarea, select")) {
            return;
        }
        event.preventDefault();
        let row = event.target.closest("tr").nextElementSibling;
        while (row && row.cells[cell.cellIndex]?.querySelector("input")?.disabled) {
            row = row.nextElementSibling;
        }
        const last = form.querySelector("[data-submit]:not([hidden])") || box;
        const next = row ? row.cells[cell.cellIndex].querySelector("input") : last;
        event.target.blur();
        next?.focus();
        next?.select?.();
    });

    // --- “Draft 3 purchase orders”: how many documents the lines make
    const submit = form?.querySelector("[data-submit]");
    const groups = form?.dataset.groups;
    function countGroups() {
        const keys = new Set();
        for (const row of rows) {
            const entry = counted(row);
            const supplier = row.querySelector("[data-group]");
            if (Number(entry.value) > 0 && supplier) {
                keys.add(`${supplier.value}/${supplier.dataset.group}`);
            }
        }
        const text = JSON.parse(groups)[Math.min(keys.size, 2)];
        submit.textContent = fill(text, keys.size);
        submit.disabled = !keys.size;
    }
    if (groups && table) {
        table.addEventListener("change", countGroups);
        table.addEventListener("input", countGroups);
        countGroups();
    }
}
