"use strict";
// Importing: a file that is dropped anywhere on its field is taken; what was downloaded does not use the form up; the line
// of a statement whose invoice is chosen is ticked.
{
    const zone = document.getElementById("drop-zone");
    const file = zone?.querySelector("input[type=file]");
    for (const name of ["dragover", "dragenter"]) {
        zone?.addEventListener(name, (event) => {
            event.preventDefault();
            zone.classList.add("over");
        });
    }
    zone?.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone?.addEventListener("drop", (event) => {
        event.preventDefault();
        zone.classList.remove("over");
        if (event.dataTransfer.files.length) {
            file.files = event.dataTransfer.files;
        }
    });
    for (const button of document.querySelectorAll("[data-again]")) {
        button.addEventListener("click", () => {
            setTimeout(() => delete button.form.dataset.sent, 0);
        });
    }
    window.django?.jQuery(".statement td.entry select").on("change", (event) => {
        const tick = event.target.closest("tr").querySelector("input[type=checkbox]");
        tick.checked = Boolean(event.target.value);
    });
}
