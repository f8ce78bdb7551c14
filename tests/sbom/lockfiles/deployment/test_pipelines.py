"""GitLab CI, Gitee Go and Jenkins: what pipelines run."""

from ecosystem_fixtures import Scan

from sbom.model import Scope, UnknownKind


def gitlab(case):
    return Scan("gitlab-ci", "gitlab_ci", case)


def gitee(case):
    return Scan("gitee-go", "gitee_go", case)


def jenkins(case):
    return Scan("jenkinsfile", "jenkinsfile", case)


def kinds(found):
    return [(row.kind, row.line) for row in found.unknowns]


def test_images_and_services_when_a_pipeline_names_them_then_they_are_excluded_with_their_lines():
    found = gitlab("pipeline")
    assert {name: row.line for name, row in found.components.items()} == {
        "base/jdk@17?repository_url=registry.example": 2,
        "library/docker@24-dind": 3,
        "library/maven@3.9.5-eclipse-temurin-17": 10,
        "library/node@20.9": 14,
        "library/postgres@15.4": 18,
        "library/mysql@8.0": 17,
        "library/alpine@sha256:c5b1261d6d3e43071626931fc004f70149baeba2c8ec672bd4f27761f8e1ad6b": 23,
        "library/busybox": 25,
    }
    assert set(found.scopes.values()) == {Scope.EXCLUDED}
    assert kinds(found) == [(UnknownKind.NO_EXACT_VERSION, 25)]


def test_includes_when_of_other_projects_then_they_are_these_at_a_revision():
    found = gitlab("include")
    assert {name: row.version for name, row in found.components.items()} == {
        "platform/templates@v2.1.0": "v2.1.0",
        "platform/moving": None,
        "components/sast@2.0.2": "2.0.2",
        "group/sub/lint@1.0": "1.0",
        "git.example/group/tool": None,
    }
    assert found.components["platform/templates@v2.1.0"].source_url == (
        "git+https://gitlab.com/platform/templates.git"
    )
    assert kinds(found) == [
        (UnknownKind.NO_EXACT_VERSION, 6),
        (UnknownKind.NO_EXACT_VERSION, 10),
        (UnknownKind.UNRESOLVED, 11),
        (UnknownKind.UNRESOLVED, 12),
        (UnknownKind.UNRESOLVED, 14),
        (UnknownKind.UNRESOLVED, 1),
    ]


def test_matrix_when_rows_give_the_image_then_each_is_a_component():
    assert set(gitlab("matrix").components) == {
        "library/ubuntu@22.04",
        "library/fedora@39",
        "library/debian@12",
        "library/python@3.11",
        "library/python@3.12",
    }


def test_variables_when_the_file_gives_them_then_the_jobs_own_win_and_the_servers_are_unresolved():
    found = gitlab("variables")
    assert set(found.components) == {
        "tools@1.0?repository_url=registry.example",
        "b@2.0?repository_url=registry.example",
    }
    assert kinds(found) == [(UnknownKind.UNRESOLVED, 14), (UnknownKind.UNRESOLVED, 16)]


def test_anchors_when_shared_then_each_image_is_one_row():
    assert set(gitlab("anchors").components) == {"library/golang@1.21", "library/redis@7.2"}
    assert set(gitlab("split").components) == {"hadolint/hadolint@2.12.0"}


def test_pipeline_when_broken_then_finished_jobs_are_kept():
    found = gitlab("broken")
    assert set(found.components) == {"library/alpine@3.18"}
    assert kinds(found) == [(UnknownKind.BROKEN, 4)]
    assert set(gitlab("odd").components) == {"library/x", "library/y"}


def test_steps_when_of_gitee_then_tools_have_their_versions():
    found = gitee("maven")
    rows = [row.purl for row in found.rows]
    assert rows == ["pkg:generic/jdk@8", "pkg:generic/maven@3.3.9", "pkg:generic/node@14.16.0"]
    assert [row.line for row in found.rows] == [14, 15, 21]
    assert kinds(found) == [(UnknownKind.UNRESOLVED, 23)]


def test_images_when_gitee_steps_name_them_then_nested_jobs_are_found():
    found = gitee("images")
    assert set(found.components) == {
        "build/jdk@17?repository_url=registry.example",
        "library/golang@1.21",
        "library/alpine@3.18",
    }
    assert kinds(found) == [(UnknownKind.UNRESOLVED, 9)]


def test_gitee_pipeline_when_broken_or_odd_then_it_ends_in_unknowns():
    assert kinds(gitee("broken")) == [(UnknownKind.BROKEN, 5)]
    assert not gitee("odd").rows


def test_agents_when_of_docker_then_images_are_told_and_comments_and_texts_are_not():
    found = jenkins("declarative")
    assert set(found.components) == {
        "library/maven@3.9.5-eclipse-temurin-17",
        "library/node@20.9",
        "jenkins-library/platform@v2.3.0",
    }
    assert kinds(found) == [(UnknownKind.UNRESOLVED, 21)]


def test_script_when_it_uses_images_then_pulled_ones_are_told_and_built_ones_are_not():
    assert set(jenkins("scripted").components) == {
        "library/golang@1.21",
        "tools/lint@1.4?repository_url=registry.example",
        "library/mysql@8.0",
    }


def test_libraries_when_shared_then_their_versions_and_repositories_are_told():
    found = jenkins("libraries")
    assert {name: row.constraint for name, row in found.components.items()} == {
        "jenkins-library/first@1.0": None,
        "jenkins-library/second": "master",
        "jenkins-library/third": None,
        "jenkins-library/fourth@abc1234": None,
        "git.example/ci/fifth@v5": None,
        "jenkins-library/seventh@2.0": None,
    }
    assert found.components["git.example/ci/fifth@v5"].source_url == (
        "git+https://git.example/ci/fifth.git@v5"
    )
    assert kinds(found) == [
        (UnknownKind.NO_EXACT_VERSION, 1),
        (UnknownKind.NO_EXACT_VERSION, 2),
        (UnknownKind.UNRESOLVED, 8),
    ]


def test_pods_when_written_in_the_file_then_images_have_the_lines_of_the_text():
    found = jenkins("pods")
    assert {name: row.line for name, row in found.components.items()} == {
        "library/maven@3.8.1-jdk-8": 2,
        "library/golang@1.16.5": 3,
        "kaniko@v1.9.0?repository_url=registry.example": 16,
        "library/busybox@1.36": 17,
    }


def test_image_when_code_decides_it_then_it_is_unresolved():
    assert kinds(jenkins("computed")) == [(UnknownKind.UNRESOLVED, 2), (UnknownKind.UNRESOLVED, 3)]


def test_jenkinsfile_when_cut_off_then_what_stands_before_is_kept():
    found = jenkins("broken")
    assert set(found.components) == {"library/alpine@3.18"}
    assert {row.line for row in found.unknowns if row.kind is UnknownKind.BROKEN} == {1, 2, 4}
