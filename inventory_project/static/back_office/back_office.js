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

    // --- "/" goes to the search, Escape closes what is open
    document.addEventListener("keydown", (event) => {
        const typing = event.target.closest("input, textarea, select, [contenteditable]");
        const box = byId("top-search-box");
        if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && box) {
            event.preventDefault();
            box.focus();
            box.select();
        } else if (event.key === "Escape") {
            for (const open of document.querySelectorAll(".dropdown[open]")) {
                open.open = false;
            }
            if (menu && menu.classList.contains("open")) {
                showMenu(false);
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
                if (cell.querySelector(":scope > .num")) {
                    table.querySelectorAll("thead th")[index]?.classList.add("num");
                }
            });
        }
    }
    document.querySelectorAll("#result_list, .inline-group table, .answer table").forEach(nameCells);
    document.addEventListener("formset:added", (event) => nameCells(event.target.closest("table")));

    // --- a form is sent once, and not left with entries by accident
    let dirty = false;
    for (const form of document.querySelectorAll("#content-main form[method=post], #acts")) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
            }
            form.dataset.sent = "yes";
            dirty = false;
        });
        if (form.id !== "changelist-form" && form.id !== "acts") {
            form.addEventListener("change", () => {
                dirty = true;
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
}
