/*
description: >-
  For which platforms ready-made builds of the packages exist that lock files name: wheels, and platform packages of npm.
grain: one per repository, file, package version and platform
key: [repo_id, path, purl, platform]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  purl: package version that is built
  package_key: package without version, as in core.package_key
  platform: CPU architecture or operating system; any for what runs wherever its runtime does
  kind: cpu, os, or portable for any
  is_domestic: of the Chinese ecosystem (信创)
  lists_all: the file names all builds of this version, so that what it does not name was not published
  object: file name of a wheel, or name of a platform package
  head_sha: commit that was read; null for a plain folder
  path: file
  line: line of the first such build, from 1; null where it is not known
formula: raw.platform_marker with a purl
source: sbom/platforms/builds.yaml; PEP 425, 427, 600 and 656; fields os and cpu of npm
edge_cases:
  - Lock files in test data have no rows.
  - >-
    A CPU is that of builds for Linux, or for no named system; a build for macOS on ARM says nothing of Linux on ARM.
  - >-
    Lock files name builds for the versions of Python that the repository allows; what is built for others alone is
    not seen.
incremental:
  rows: [core.repository, core.source_file, raw.platform_marker]
  lookups:
    core.package_key.purl: [raw.platform_marker.purl]
*/
select
    marker.repo_id,
    repository.enterprise_id,
    marker.purl,
    key.package_key,
    marker.platform,
    marker.kind,
    marker.is_domestic,
    marker.context = 'builds' as lists_all,
    marker.word as object,
    marker.head_sha,
    marker.path,
    marker.line
from raw.platform_marker as marker
join core.repository on repository.repo_id = marker.repo_id
join core.package_key as key on key.purl = marker.purl
join core.source_file as file on file.repo_id = marker.repo_id and file.path = marker.path
where not file.in_test_data
