"""What is imported: a file, or cells as they are copied from a spreadsheet."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inventory_project.base.errors import InvalidInput

from .table import decoded

MOST_BYTES = 4 * 1024 * 1024


class SourceForm(forms.Form):
    """A file, or cells as they are copied from a spreadsheet."""

    file = forms.FileField(label=_("CSV file"), required=False)
    cells = forms.CharField(
        label=_("Or paste cells, with their header"),
        required=False,
        strip=False,
        widget=forms.Textarea({"class": "cells", "spellcheck": "false"}),
    )

    def clean(self):
        cleaned = super().clean()
        file, cells = cleaned.get("file"), cleaned.get("cells", "")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 4 MB. Use the command import_data for it."))
        if not file and not cells.strip():
            raise forms.ValidationError(_("Choose a file, or paste cells."))
        self.name = file.name if file else str(_("What was pasted"))
        try:
            self.text = decoded(file.read(), file.name) if file else cells
        except InvalidInput as problem:
            raise forms.ValidationError(str(problem)) from problem
        return cleaned
