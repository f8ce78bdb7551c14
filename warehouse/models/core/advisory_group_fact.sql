/*
description: What is known of a vulnerability, whichever database says so.
grain: one per group of advisories in force
key: [group_id]
columns:
  group_id: group, as in core.advisory_group
  ids: all ids of the group, aliases included
  cves: CVE ids of the group; where it has none, those that its records derive from
  summary: one line, of the record with the lowest id that has one
  published: day it was first published
  modified: day its records were last changed
  malicious: a record says that the package itself is malware
  informational: "every record is no vulnerability but a notice: unmaintained, unsound, notice; else null"
  cvss_version: version of the CVSS vector that counts
  cvss_vector: the vector
  cvss_score: its base score, 0–10; a score stated without a vector where there is none; null if nobody scored it
  severity: none, low, medium, high or critical; null if nobody rated it
  severity_source: advisory, vulnrichment, stated score or word
  kev_date: day it was added to CISA's known exploited vulnerabilities, null if it is not there
  kev_due_date: day by which US agencies must act
  kev_ransomware: "used in ransomware campaigns: Known or Unknown"
  epss: probability of exploitation in the next 30 days, 0–1; the highest of its CVEs
  epss_percentile: share of scored vulnerabilities with the same or a lower score
  epss_date: day of the scores
  ssvc_exploitation: "none, poc or active: the gravest of its CVEs"
  ssvc_automatable: yes or no
  ssvc_technical_impact: partial or total
formula: >-
  The vector that counts is of the newest version of CVSS, and among those the one with the highest base score; the
  vectors of advisories come before CISA's. A word is read as moderate = medium, important = high.
source: CVSS specifications of FIRST; KEV and vulnrichment of CISA; EPSS of FIRST
edge_cases:
  - KEV, EPSS and SSVC are null where their data were not loaded as well as where they do not name the CVE.
*/
with entry as (
    select
        entry.group_id, entry.informational, advisory.*,
        coalesce(package.cvss_v2, advisory.cvss_v2) as vector_2,
        coalesce(package.cvss_v3, advisory.cvss_v3) as vector_3,
        coalesce(package.cvss_v4, advisory.cvss_v4) as vector_4,
        coalesce(package.severity_word, advisory.severity_word) as word,
        coalesce(package.stated_score, advisory.stated_score) as said_score
    from core.advisory_entry as entry
    join raw.advisory_package as package using (source, advisory_id, affected_index)
    join raw.advisory
        on advisory.source = entry.source and advisory.advisory_id = entry.advisory_id
),
ids as (
    select group_id, list_sort(list(id)) as ids, list_sort(list(id) filter (where starts_with(id, 'CVE-'))) as cves
    from core.advisory_group
    group by group_id
),
upstream as (
    select group_id, list_sort(list(distinct id) filter (where starts_with(id, 'CVE-'))) as cves
    from (select group_id, unnest(upstream) as id from entry)
    group by group_id
),
identified as (
    select ids.group_id, ids.ids, coalesce(ids.cves, upstream.cves, []) as cves
    from ids
    left join upstream using (group_id)
),
cve as (
    select group_id, unnest(cves) as cve from identified
),
carried as (
    select group_id, unnest([vector_2, vector_3, vector_4]) as vector, 'advisory' as severity_source from entry
    union
    select group_id, unnest([cvss_v2, cvss_v3, cvss_v4]), 'vulnrichment'
    from cve join raw.vulnrichment using (cve)
),
vector as (
    select group_id, severity_source, vector, cvss_version, score, severity
    from carried
    join core.cvss_score using (vector)
    where score is not null
    qualify row_number() over (
        partition by group_id order by severity_source, cvss_version desc, score desc, vector
    ) = 1
),
told as (
    select
        group_id,
        min({'id': advisory_id, 'summary': summary}) filter (where summary is not null) as first_told,
        min(published) as published,
        max(modified) as modified,
        bool_or(malicious) as malicious,
        case when count(*) = count(informational) then min(informational) end as informational,
        max(said_score) as said_score,
        max(case word
            when 'critical' then 4 when 'high' then 3 when 'important' then 3
            when 'medium' then 2 when 'moderate' then 2 when 'low' then 1
        end) as word_rank
    from entry
    group by group_id
),
exploited as (
    select group_id, min(date_added) as kev_date, min(due_date) as kev_due_date, min(ransomware) as kev_ransomware
    from cve join raw.kev using (cve)
    group by group_id
),
predicted as (
    select group_id, max(epss) as epss, max(percentile) as epss_percentile, max(as_of) as epss_date
    from cve join raw.epss using (cve)
    group by group_id
),
assessed as (
    select
        group_id,
        arg_max(exploitation, list_position(['none', 'poc', 'active'], exploitation)) as exploitation,
        max(automatable) as automatable,
        max(technical_impact) as technical_impact
    from cve join raw.vulnrichment using (cve)
    group by group_id
)
select
    identified.group_id,
    identified.ids,
    identified.cves,
    told.first_told['summary'] as summary,
    cast(told.published as date) as published,
    cast(told.modified as date) as modified,
    told.malicious,
    told.informational,
    vector.cvss_version,
    vector.vector as cvss_vector,
    coalesce(vector.score, told.said_score) as cvss_score,
    coalesce(
        vector.severity,
        case
            when told.said_score >= 9 then 'critical' when told.said_score >= 7 then 'high'
            when told.said_score >= 4 then 'medium' when told.said_score > 0 then 'low'
            when told.said_score = 0 then 'none'
        end,
        (['low', 'medium', 'high', 'critical'])[told.word_rank]
    ) as severity,
    case
        when vector.score is not null then vector.severity_source
        when told.said_score is not null then 'stated score'
        when told.word_rank is not null then 'word'
    end as severity_source,
    exploited.kev_date,
    exploited.kev_due_date,
    exploited.kev_ransomware,
    predicted.epss,
    predicted.epss_percentile,
    predicted.epss_date,
    assessed.exploitation as ssvc_exploitation,
    assessed.automatable as ssvc_automatable,
    assessed.technical_impact as ssvc_technical_impact
from identified
join told using (group_id)
left join vector using (group_id)
left join exploited using (group_id)
left join predicted using (group_id)
left join assessed using (group_id)
