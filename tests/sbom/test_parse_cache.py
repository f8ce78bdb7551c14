"""What a parser was told of the tree is noted, whichever way it asks."""

import pytest

from sbom.limits import DEFAULT_LIMITS
from sbom.parse_cache import Footprint, Recorder
from sbom.source import Listing


@pytest.fixture
def recorder():
    listing = Listing(files={"go.mod": "1", "a.odt": "2"}, submodules={"lib": "3"})
    return Recorder(listing, lambda path: path.encode(), DEFAULT_LIMITS)


@pytest.mark.parametrize(
    "use",
    [
        lambda memo: "key" in memo,
        lambda memo: memo.get("key"),
        lambda memo: memo.setdefault("key", 1),
        lambda memo: memo.pop("key", None),
        lambda memo: memo.update(key=1),
        lambda memo: memo.items() and list(memo.items()),
        len,
    ],
)
def test_memo_when_used_in_any_way_then_it_is_shared(recorder, use):
    tree = recorder.tree()
    assert not recorder.footprint.shared
    use(tree.memo)
    assert recorder.footprint.shared


def test_tree_when_asked_then_just_what_it_told_is_noted(recorder):
    tree = recorder.tree()
    assert recorder.footprint == Footprint()
    assert tree.read("go.mod") == b"go.mod"
    assert "b.txt" not in tree.paths
    assert recorder.footprint == Footprint(files={"go.mod": "1"}, names={"go.mod": True, "b.txt": False})
    assert list(tree.paths) == ["go.mod"]
    assert recorder.footprint.listing == {"go.mod"}
    assert dict(tree.submodules) == {"lib": "3"}
    assert recorder.footprint.submodules == {"lib": "3"}
    assert not recorder.footprint.shared
