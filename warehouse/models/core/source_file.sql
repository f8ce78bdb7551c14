/*
description: >-
  Files that name or declare packages, and whether they are test data rather than part of the product.
grain: one per repository and file
key: [repo_id, path]
columns:
  repo_id: repository
  path: file, repository-relative
  in_test_data: >-
    a folder on the way is called testdata, fixtures, test-fixtures, test-resources, syntax-tests or likewise, or the file's name
    begins with syntax_test_
formula: name of a folder or file on the path, in any letter case
edge_cases:
  - A product whose folder happens to be called fixtures is taken for test data.
  - >-
    Files whose names begin with syntax_test_ are what highlighters of syntax are tried on.
  - Tests, examples and vendored sources are not test data.
*/
with file as (
    select repo_id, path from raw.component
    union
    select repo_id, path from raw.declared_package
    union
    select repo_id, path from raw.snapshot_component
)
select
    repo_id,
    path,
    regexp_matches(
        lower(path), '(^|/)(test[-_]?data|(test[-_]?)?_*fixtures?_*|test[-_]?resources?|syntax[-_]?tests?|src/test/resources)/|(^|/)syntax_test_[^/]*$'
    ) as in_test_data
from file
