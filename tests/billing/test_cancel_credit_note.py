from billing.services import cancel_credit_note, create_credit_note, issue_credit_note


def test_a_draft_is_called_off(issued, accountant):
    note = cancel_credit_note(create_credit_note(issued((1, "1")), reason="Damaged", by=accountant), by=accountant)
    assert note.status == "cancelled"
    assert note.cancelled_at


def test_cancelling_again_changes_nothing(issued, accountant):
    note = cancel_credit_note(create_credit_note(issued((1, "1")), reason="Damaged", by=accountant), by=accountant)
    stamp = note.cancelled_at
    assert cancel_credit_note(note, by=accountant).cancelled_at == stamp


def test_an_issued_one_stays(issued, accountant, refused):
    note = issue_credit_note(create_credit_note(issued((1, "1")), reason="Damaged", by=accountant), by=accountant)
    with refused("invalid_state"):
        cancel_credit_note(note, by=accountant)
