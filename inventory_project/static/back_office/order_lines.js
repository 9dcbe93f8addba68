"use strict";
// Lines of an order: what was just chosen shows how many are available and what the price would be.
{
    const value = (id) => document.getElementById(id)?.value || "";
    const waiting = new WeakMap();

    async function ask(row) {
        const note = row.querySelector("[data-expected]");
        const entry = (name) => row.querySelector(`[name$="-${name}"]`);
        if (!note || !entry("product")) {
            return;
        }
        const query = new URLSearchParams({
            product: entry("product").value,
            quantity: entry("quantity").value,
            warehouse: entry("warehouse")?.value || value("id_warehouse"),
            customer: value("id_customer"),
            price_list: value("id_price_list"),
        });
        const turn = {};
        waiting.set(row, turn);
        const answer = await fetch(`${note.dataset.expected}?${query}`, {headers: {Accept: "application/json"}});
        if (!answer.ok || waiting.get(row) !== turn) { // a later question is under way
            return;
        }
        const facts = await answer.json();
        note.textContent = facts.available ?? "–";
        note.title = facts.text || "";
        note.classList.toggle("late", Boolean(facts.short));
        entry("unit_price").placeholder = facts.price || "";
        const origin = row.querySelector(".field-price_origin p");
        if (origin && facts.price && !entry("unit_price").value) {
            origin.textContent = facts.origin.charAt(0).toUpperCase() + facts.origin.slice(1);
        }
    }
    function changed(event) {
        const row = event.target.closest?.("tr.form-row");
        if (row && /-(product|quantity|warehouse)$/.test(event.target.name)) {
            ask(row);
        } else if (/^(customer|warehouse|price_list)$/.test(event.target.name || "")) {
            document.querySelectorAll("tr.form-row:not(.empty-form)").forEach(ask);
        }
    }
    // The search fields tell of a choice by jQuery only, which also hears what the browser tells.
    window.addEventListener("DOMContentLoaded", () => window.django.jQuery(document).on("change", changed));
}
