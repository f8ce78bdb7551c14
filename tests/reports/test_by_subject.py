"""Rows by subject: none lost, none doubled, each subject's in their order."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reports.site.by_subject import by_subject

SUBJECTS = st.lists(st.sampled_from(["x", "y", "z", None]))


@given(SUBJECTS)
def test_each_subject_has_its_rows_in_their_order(subjects: list[str | None]) -> None:
    parted = by_subject(table_of(subjects), "subject")
    for subject in ["x", "y", "z", None]:
        wanted = [number for number, other in enumerate(subjects) if other == subject]
        assert parted[subject]["number"].to_pylist() == wanted


@given(SUBJECTS, st.integers(1, 4))
def test_parts_hold_whole_subjects_and_all_of_them_once(subjects: list[str | None], rows: int) -> None:
    found: dict[str | None, list[int]] = {}
    for table, places in by_subject(table_of(subjects), "subject").parts(rows):
        held = table["number"].to_pylist()
        assert sum(place.stop - place.start for place in places.values()) == len(held)
        for subject, place in places.items():
            assert subject not in found
            found[subject] = held[place]
    assert found == {
        subject: [number for number, other in enumerate(subjects) if other == subject] for subject in subjects
    }


def table_of(subjects: list[str | None]) -> pa.Table:
    return pa.table({"subject": pa.array(subjects, pa.string()), "number": range(len(subjects))})
