"use strict";
// The frame of the back office: drawer, menu filter, search key, column labels on phones, one submission per form.
{
    const byId = (id) => document.getElementById(id);
    const menu = byId("menu");

    // --- menu: a drawer on phones, filtered by typing
    const button = byId("menu-button");
    const shade = byId("menu-shade");
    function showMenu(open) {
        menu.classList.toggle("open", open);
        shade.hidden = !open;
        button.setAttribute("aria-expanded", String(open));
    }
    if (menu && button) {
        button.addEventListener("click", () => showMenu(!menu.classList.contains("open")));
        shade.addEventListener("click", () => showMenu(false));
        const current = menu.querySelector(".current");
        if (current && current.offsetTop > menu.clientHeight - 60) {
            menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
        }
        byId("menu-filter").addEventListener("input", (event) => {
            const wanted = event.target.value.trim().toLowerCase();
            for (const group of menu.querySelectorAll(".menu-group")) {
                let any = false;
                for (const item of group.querySelectorAll("li")) {
                    item.hidden = !item.textContent.toLowerCase().includes(wanted);
                    item.classList.toggle("hidden", item.hidden);
                    any = any || !item.hidden;
                }
                group.classList.toggle("hidden", !any);
                if (wanted && any) {
                    group.open = true;
                }
            }
        });
    }

    // --- on phones two buttons are shown, the others under “More”
    for (const place of document.querySelectorAll("#acts, #changelist .actions")) {
        const spare = [...place.querySelectorAll(":scope > :is(button, a):not([hidden])")].slice(2);
        const more = place.querySelector(".more");
        if (more && spare.length && matchMedia("(max-width: 767px)").matches) {
            const rest = place.id === "acts" ? document.querySelectorAll(".page-tools > a") : [];
            more.hidden = false;
            more.querySelector("div").prepend(...spare);
            more.querySelector("div").append(...rest);
        }
    }

    // --- keys: single letters never while typing
    const visible = (element) => element && element.offsetParent !== null;
    const rows = () => [...document.querySelectorAll("#result_list tbody tr")];
    let row = -1;
    function goTo(index) {
        const all = rows();
        all[row]?.classList.remove("at");
        row = Math.max(0, Math.min(all.length - 1, index));
        all[row]?.classList.add("at");
        all[row]?.scrollIntoView({block: "nearest"});
    }
    let afterG = 0;
    function go(key) {
        const goal = document.querySelector(`#menu [data-key="${CSS.escape(key)}"]`);
        if (goal) {
            location.assign(goal.href);
        }
    }
    const keys = {
        "/": () => { byId("top-search-box")?.focus(); byId("top-search-box")?.select(); },
        "?": () => byId("keys")?.showModal(),
        n: () => {
            const add = document.querySelector(".page-tools a[data-add]");
            if (add) {
                add.click();
            } else if (byId("new-menu")) {
                byId("new-menu").open = true;
                byId("new-menu").querySelector("a").focus();
            }
        },
        j: () => goTo(row + 1),
        k: () => goTo(row - 1),
        x: () => rows()[row]?.querySelector("input.action-select")?.click(),
        Enter: () => rows()[row]?.querySelector("th a")?.click(),
        g: () => { afterG = Date.now(); },
    };
    document.addEventListener("keydown", (event) => {
        const ctrl = event.ctrlKey || event.metaKey;
        const key = event.key.toLowerCase();
        if (ctrl && !event.altKey && !event.shiftKey && (key === "k" || key === "s")) {
            const save = document.querySelector("#content-main .submit-row [name=_save], .act .submit-row button");
            const goal = key === "k" ? byId("top-search-box") : save;
            if (visible(goal)) {
                event.preventDefault();
                (key === "k" ? keys["/"] : () => goal.click())();
            }
        } else if (event.key === "Escape") {
            for (const open of document.querySelectorAll(".dropdown[open]")) {
                open.open = false;
            }
            if (menu && menu.classList.contains("open")) {
                showMenu(false);
            }
        } else if (!ctrl && !event.altKey && !document.querySelector("dialog[open]")) {
            const at = event.target;
            const typing = at.closest("input:not([type=checkbox]), textarea, select, [contenteditable], .select2-container");
            const busy = event.key === "Enter" && at.closest("a, button, summary, input");
            if (typing || busy) {
                return;
            }
            if (Date.now() - afterG < 1500 && /^[a-z]$/.test(event.key)) {
                afterG = 0;
                go(event.key);
            } else if (Object.hasOwn(keys, event.key)) {
                event.preventDefault();
                keys[event.key]();
            }
        }
    });
    document.addEventListener("click", (event) => {
        for (const open of document.querySelectorAll(".dropdown[open]")) {
            if (!open.contains(event.target)) {
                open.open = false;
            }
        }
    });

    // --- tables: numbers right-aligned with their headings; on phones each cell says what it is
    function nameCells(table) {
        const heads = [...table.querySelectorAll("thead th")].map((th) => th.textContent.trim());
        for (const row of table.querySelectorAll("tbody tr")) {
            [...row.children].forEach((cell, index) => {
                if (heads[index] && cell.tagName === "TD") {
                    cell.dataset.label = heads[index];
                }
                cell.classList.toggle("blank", /^[\s–]*$/.test(cell.textContent) && !cell.querySelector("input, select, img, svg"));
                if (cell.querySelector(":scope > :is(.num, input[type=number]), :scope > :is(a, p) > .num, [data-expected] > .num")) {
                    table.querySelectorAll("thead th")[index]?.classList.add("num");
                }
            });
        }
    }
    function alignBadges(table) {
        const numbers = [...table.querySelectorAll("thead th")].map((th) => th.classList.contains("num"));
        for (const badge of table.querySelectorAll("tbody td .badge")) {
            const cell = badge.closest("td");
            cell.classList.toggle("num", numbers[cell.cellIndex] || false);
        }
    }
    for (const table of document.querySelectorAll("#result_list, .inline-group table, .answer table, table.grid")) {
        nameCells(table);
        alignBadges(table);
    }
    document.addEventListener("formset:added", (event) => nameCells(event.target.closest("table")));

    const results = document.querySelector("#changelist .results");
    if (results && results.scrollWidth <= results.clientWidth) {
        results.classList.add("fits");
    }

    // --- a form is sent once, and not left with entries by accident
    let dirty = false;
    for (const form of document.querySelectorAll("#content-main form[method=post], #acts")) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
            }
            if (dirty && (form.id === "acts" || event.submitter?.name === "action")) {
                return; // a step takes no entries along: the browser asks, and whoever stays can go on
            }
            form.dataset.sent = "yes";
            dirty = false;
        });
        if (form.id !== "acts" && !("savesItself" in form.dataset)) {
            form.addEventListener("change", (event) => {
                if (!event.target.matches(".action-select, #action-toggle")) {
                    dirty = true;
                    document.body.classList.add("dirty");
                }
            });
        }
    }
    window.addEventListener("beforeunload", (event) => {
        if (dirty) {
            event.preventDefault();
        }
    });
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-sent]")) {
            delete form.dataset.sent;
        }
    });

    // --- search fields say what they are for: their box stands beside the field that has the label
    function nameSearchFields() {
        for (const field of document.querySelectorAll("select.admin-autocomplete[data-select2-id]")) {
            const name = field.getAttribute("aria-label") || field.labels[0]?.textContent.replace(/[:*\s]+$/, "");
            field.parentElement.querySelector(".select2-selection__rendered")?.setAttribute("aria-label", name || "");
        }
    }
    window.django?.jQuery?.(nameSearchFields); // after Django has made them, which it does in the same way
    document.addEventListener("formset:added", () => setTimeout(nameSearchFields, 0));
}
