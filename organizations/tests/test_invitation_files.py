"""Lists to invite from: what is read, and what is refused as a whole."""

import pytest

from core.errors import ValidationFailed
from organizations.invitation_files import MAX_BYTES, MAX_ROWS, Line, decode, read


def reason_of(text: str) -> str:
    with pytest.raises(ValidationFailed) as refused:
        read(text)
    return refused.value.reason


def test_columns_may_be_named_in_any_order() -> None:
    assert read("Role,Email\nadmin,a@x.example\n\n,b@x.example\n") == [
        Line(2, "a@x.example", "admin"),
        Line(4, "b@x.example", ""),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_need_no_names_and_are_parted_as_spreadsheets_do(delimiter: str) -> None:
    text = f"a@x.example{delimiter}admin\r\nb@x.example{delimiter}\r\n"
    assert read(text) == [Line(1, "a@x.example", "admin"), Line(2, "b@x.example", "")]


def test_mere_addresses_one_a_line_or_many() -> None:
    assert read("a@x.example\n b@x.example \n") == [Line(1, "a@x.example"), Line(2, "b@x.example")]
    assert read("a@x.example, b@x.example,") == [Line(1, "a@x.example"), Line(1, "b@x.example")]


def test_quotation_marks_and_the_mark_of_excel_go() -> None:
    assert read(decode(b'\xef\xbb\xbf"a@x.example","admin"\n')) == [Line(1, "a@x.example", "admin")]


@pytest.mark.parametrize(
    "email", ["=cmd|' /C calc'!A0", "+1@x.example", "-2@x.example", "@SUM(A1)", '"\t=1+1"', '"\r=1+1"']
)
def test_s253_what_begins_like_a_formula_is_known(email: str) -> None:
    assert [line.is_formula for line in read(f"email,role\n{email},member\n")] == [True]


def test_a_cell_too_many_makes_the_line_bad_and_no_address() -> None:
    assert read("email\na@x.example,member\n") == [Line(2, "a@x.example,member")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n,\n", "empty"),
        ("email,role\n", "empty"),
        ("email,role,is_superuser\na@x.example,member,1", "bad_columns"),
        ("email,email\na@x.example,b@x.example", "bad_columns"),
        ('"a@x.example\nb@x.example', "not_csv"),
        ("a@x.example\0", "not_text"),
        ("a@x.example\n" * (MAX_ROWS + 1), "too_many_rows"),
        ("ä" * (MAX_BYTES // 2 + 1), "too_large"),
        ('"' + "a" * 200_000 + '"', "not_csv"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_no_such_list_is_refused_as_a_whole(text: str, reason: str) -> None:
    assert reason_of(text) == reason


def test_a_file_that_is_no_text_is_refused() -> None:
    for raw in (b"PK\x03\x04\xff\xfe", "müller@x.example".encode("latin-1")):
        with pytest.raises(ValidationFailed) as refused:
            decode(raw)
        assert refused.value.reason == "not_text"


def test_the_most_that_is_taken_is_taken() -> None:
    assert len(read("".join(f"p{number}@x.example\n" for number in range(MAX_ROWS)))) == MAX_ROWS
