"""What the list and the pages of each model show to an administrator, in the words that staff read.

The tables in `money.py` and `goods.py` are written by hand: they say what was decided. The test compares them with the
pages. A model's name is followed by its lines; values are apart by “|”, a line that starts with “|” goes on with the
one before, and “#” starts a remark: where and why it differs from what one would expect.

    columns  the headings of the list        actions  what can be done with ticked rows
    tabs     after “All”                     order    how the list is sorted at first; newest: by id, downwards
    filters  what the list is narrowed by    offers   export, import, and found by the search of every page
    search   the columns that the list's own search box looks into
    inlines  the tables in a record's form   buttons  the next steps on a record's page, in any of its states
    related  the lists and records that a record's page leads to
"""

WORDS = ("columns", "tabs", "filters", "search", "order", "actions", "offers", "inlines", "buttons", "related")

type Shown = dict[str, list[str]]


def parse(table: str) -> dict[str, Shown]:
    """The declared pages by model: `sales.Order`."""
    found: dict[str, Shown] = {}
    shown: Shown = {}
    values: list[str] = []
    for line in table.splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        if not line.startswith(" "):
            assert text not in found, f"{text} stands there twice"
            shown = found[text] = {word: [] for word in WORDS}
            continue
        word, _space, rest = text.partition(" ")
        if word != "|":
            assert word in WORDS, f"unknown line: {text}"
            values = shown[word]
        values += [value.strip() for value in rest.split("|") if value.strip()]
    return found


def written(shown: Shown) -> str:
    """The pages of a model as a table says them, to be compared and copied."""
    lines = []
    for word in WORDS:
        line = f"  {word:8}"
        for value in shown[word]:
            piece = f"{value} | "
            if len(line) + len(piece) > 118:
                lines.append(line.rstrip("| "))
                line = f"  |{'':7}"
            line += piece
        if shown[word]:
            lines.append(line.rstrip("| "))
    return "\n".join(lines)
