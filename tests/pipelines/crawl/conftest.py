import pytest
from made_history import Repository


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
