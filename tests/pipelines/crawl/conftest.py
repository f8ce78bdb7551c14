import pytest
from made_history import ADA, BO, Repository


@pytest.fixture
def make_repository(tmp_path):
    def make(name="repository", *options):
        repository = Repository(tmp_path / name)
        repository.path.mkdir(parents=True)
        repository.git("init", "--quiet", "--initial-branch=main", *options)
        return repository

    return make


@pytest.fixture
def repository(make_repository):
    return make_repository()


@pytest.fixture
def winding(repository):
    """Two roots, merges, renames, binaries, authors that a mailmap joins."""
    first = repository.commit({"src/a.py": "1\n2\n3\n", "logo.png": b"\0\1"})
    repository.commit({"src/a.py": None, "src/b.py": "1\n2\n3\n4\n"}, author=BO)
    other = repository.commit(
        {"other.go": "package x\n"}, branch="other", parents=[], author="Bo <BO@old.example>"
    )
    side = repository.commit({"side.c": "int x;\n"}, branch="side", parents=[first])
    merge = repository.commit({"side.c": "int x;\n"}, parents=[repository.tip(), side, other])
    repository.commit({"logo.png": b"\0\2"}, parents=[merge])
    repository.commit({".mailmap": "Bo Example <bo@two.example> <bo@old.example>\n"}, author=BO)
    for number in range(9):
        repository.commit({"src/b.py": "x\n" * number}, author=BO if number % 3 else ADA)
    return repository


@pytest.fixture
def loose(repository):
    """Five commits of which each object can be removed or damaged."""
    for number in range(5):
        repository.commit({"a.py": f"{number}\n", f"dir/{number}.py": f"of {number}\n", "same.py": "1\n"})
    repository.explode()
    return repository
