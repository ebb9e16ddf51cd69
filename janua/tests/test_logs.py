"""Only known fields leave the process in a log line."""

from janua.logs import MAX_FIELD_LENGTH, keep_allowed_fields


def test_unknown_fields_are_dropped() -> None:
    event = {"event": "request", "status": 200, "password": "plum", "body": {"code": "123456"}}
    assert keep_allowed_fields(None, "info", event) == {"event": "request", "status": 200}


def test_long_values_are_cut() -> None:
    kept = keep_allowed_fields(None, "info", {"event": "x" * 10_000})
    assert len(str(kept["event"])) == MAX_FIELD_LENGTH
