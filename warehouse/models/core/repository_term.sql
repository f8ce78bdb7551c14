/*
description: >-
  Keywords and topics of a segment that stand in what a repository's manifests, or its page at a forge, say about
  it. They admit generic rules and are weak evidence of supply; alone they never show demand.
grain: one per repository, segment, term and manifest
key: [repo_id, segment_id, term, path, line]
columns:
  repo_id: repository
  segment_id: segment
  term: keyword or topic as the taxonomy has it
  kind: topic (a keyword of the manifest or a topic at the forge is a topic of the segment) or keyword (of the segment)
  path: manifest, repository-relative; for what a forge tells, the address of the repository's page there
  line: line in the manifest, from 1; null where the format has none
formula: >-
  A keyword of the manifest equals a topic or keyword, in any letter case and with spaces and hyphens
  alike; or the manifest's description holds a keyword as whole words, in any letter case unless the
  keyword is written in capitals, which matches capitals only. Keywords with Chinese characters match
  anywhere in the description.
edge_cases:
  - Topics and the description at a forge are known only of repositories that a crawl has met.
  - Manifests that are test data, tests, demos, examples or bundled say nothing about the repository and are left out.
*/
with term as (
    select segment_id, unnest(topics) as term, 'topic' as kind from raw.segment
    union all
    select segment_id, unnest(keywords), 'keyword' from raw.segment
),
statement as (
    select repo_id, path, line, keywords, description
    from core.declared_package
    where not in_test_data and not is_example and not is_bundled
    union all
    select known.repo_id, 'https://' || coalesce(told.repo_id, known.repo_id), null, told.topics, told.description
    from core.repository_forge as known
    join raw.forge_repository as told using (forge, repository_id)
    where told.removed_at is null
),
tag as (
    select distinct repo_id, path, line, replace(replace(lower(trim(tag)), ' ', '-'), '_', '-') as tag
    from (
        select repo_id, path, line, unnest(keywords) as tag from statement
    )
),
text as (
    select distinct
        repo_id,
        path,
        line,
        lower(description) as lower_text,
        ' ' || trim(regexp_replace(description, '[^0-9A-Za-z+#]+', ' ', 'g')) || ' ' as words
    from statement
    where description is not null
),
pattern as (
    select segment_id, term, 'any' as kind, lower(term) as pattern
    from term
    where kind = 'keyword' and regexp_matches(term, '[^ -~]')
    union all
    select
        segment_id,
        term,
        case when term = upper(term) and term <> lower(term) then 'capitals' else 'words' end,
        ' ' || trim(regexp_replace(term, '[^0-9A-Za-z+#]+', ' ', 'g')) || ' '
    from term
    where kind = 'keyword' and not regexp_matches(term, '[^ -~]')
),
said as (
    select repo_id, path, line, segment_id, term
    from text
    join pattern on pattern.kind = 'any' and contains(text.lower_text, pattern.pattern)
    union all
    select repo_id, path, line, segment_id, term
    from text
    join pattern on pattern.kind = 'capitals' and contains(text.words, pattern.pattern)
    union all
    select repo_id, path, line, segment_id, term
    from (select repo_id, path, line, lower(words) as words from text) as text
    join (select segment_id, term, kind, lower(pattern) as pattern from pattern) as pattern
        on pattern.kind = 'words' and contains(text.words, pattern.pattern)
),
found as (
    select repo_id, segment_id, term, kind, path, line
    from tag
    join term on tag.tag = replace(lower(term.term), ' ', '-')
    union all
    select repo_id, segment_id, term, 'keyword', path, line from said
)
select repo_id, segment_id, term, max(kind) as kind, path, line
from found
group by repo_id, segment_id, term, path, line
