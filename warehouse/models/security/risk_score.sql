/*
description: >-
  What to do first. For every exposure the decision of the SSVC table with its inputs, and within a decision a
  score whose factors multiply to it.
grain: one per repository, file, vulnerable component and vulnerability
key: [repo_id, path, purl, group_id]
columns:
  repo_id: repository
  enterprise_id: owner of the repository
  path: file that names the component
  line: first line of the file that does, from 1; null where the format has none
  purl: vulnerable component
  package_key: package, as in core.package_key
  version: version as written
  scope: the widest scope that the file states; null where it tells none
  direct: the project itself asks for it; null where the format does not tell
  group_id: vulnerability, as in core.advisory_group
  advisory_ids: records that say so
  aliases: all ids of the vulnerability
  summary: the vulnerability in one line
  severity: none, low, medium, high or critical; null if nobody rated it
  cvss_score: base score, 0–10; null if nobody scored it
  cvss_vector: its vector; null if there is none
  malicious: the package itself is malware
  kev_date: day it was added to CISA's known exploited vulnerabilities, null if it is not there
  epss: probability of exploitation in the next 30 days, null if nobody estimated it
  fixed_versions: later versions that are named as fixed, in the ecosystem's order
  act_within_days: 3, 14 or 60; null = on the next upgrade of the system
  forensics: also look whether somebody is in already
  in_kev: input, yes or no, known to be exploited
  publicly_exposed: input, yes or no
  automatable: input, yes or no
  technical_impact: input, partial or total
  score: 0–100, the product of the five factors times 100
  exploitation_factor: 0–1
  severity_factor: 0–1
  exposure_factor: 0–1, public exposure times scope
  reach_factor: 0–1, how far the component is from the project's own code
  blast_factor: 0–1, how many repositories of the workspace have the same exposure
  assumed: inputs and factors that were not known and stand on a prior, each with its reason
  vex_status: status of the VEX statement about it, null if there is none
  vex_justification: its justification, else its impact or action in words; null if it gives neither
  vex_expires: last day on which it holds, null = no end
  vex_source: file with the statement
  suppressed: a statement says not affected or fixed, and holds on the day the answers hold for
formula: >-
  act_within_days by (in_kev, publicly_exposed, automatable, technical_impact); score = 100 × exploitation ×
  severity × exposure × reach × blast. Order: act_within_days, null last, then score from the highest.
source: CISA BOD 26-04 as SSVC decision table; CVSS and EPSS of FIRST; weights and priors in risk_policy.yaml
edge_cases:
  - A factor that is not known is never zero; it stands on the prior of mart.risk_weight and is named in assumed.
  - Test data and notices that are no vulnerability (unmaintained, unsound) are left out; so is cannot_say.
  - Malware counts as exploited, automatable and of total impact, which assumed says.
  - What is for development only counts as not publicly exposed.
  - A statement that has expired no longer suppresses, and is still shown.
  - >-
    Of several statements the one that was made last counts, so that "affected" takes back an earlier "not
    affected"; of those made at the same or at no known time the one that does not suppress. Those that have
    expired come last.
  - >-
    A statement about one package speaks of the exposures of that package, and of all of a repository that
    declares it. One about a package within a product holds in the repositories that declare the product or
    bear its name.
incremental:
  rows:
    - core.component
    - core.declared_package
    - core.repository
    - mart.exposure_path
    - mart.vulnerability_exposure
  lookups:
    mart.exposure_spread.group_id: [mart.vulnerability_exposure.group_id]
*/
with exposure as (
    select
        repo_id,
        path,
        purl,
        group_id,
        any_value(enterprise_id) as enterprise_id,
        min(line) as line,
        any_value(package_key) as package_key,
        any_value(version) as version,
        case
            when bool_or(scope = 'required') then 'required'
            when count(*) > count(scope) then null
            when bool_or(scope = 'optional') then 'optional'
            else 'excluded'
        end as scope,
        bool_or(direct) as direct,
        any_value(advisory_ids) as advisory_ids,
        any_value(aliases) as aliases,
        any_value(summary) as summary,
        any_value(severity) as severity,
        any_value(cvss_score) as cvss_score,
        any_value(cvss_vector) as cvss_vector,
        string_split(any_value(cvss_vector), '/') as metrics,
        coalesce(bool_or(malicious), false) as malicious,
        any_value(kev_date) as kev_date,
        any_value(epss) as epss,
        any_value(ssvc_exploitation) as exploitation,
        any_value(ssvc_automatable) as told_automatable,
        any_value(ssvc_technical_impact) as told_impact,
        any_value(fixed_versions) as fixed_versions
    from mart.vulnerability_exposure
    where status = 'affected' and not in_test_data and informational is null
    group by repo_id, path, purl, group_id
),
weight as (
    select map(list(factor || '.' || case_name), list(value)) as value from mart.risk_weight
),
loaded as (
    select count(*) > 0 as has_kev from raw.kev
),
service as (
    select distinct component.repo_id
    from core.component
    join mart.risk_weight as deployment
        on deployment.factor = 'deployment_parser' and deployment.case_name = component.parser
    where not component.in_test_data
),
distance as (
    select repo_id, path, purl, any_value(hops) as hops from mart.exposure_path group by all
),
product as (
    select repo_id, purl as name from core.declared_package
    union
    select repo_id, package_key from core.declared_package
    union
    select
        repo_id,
        unnest([repo_id, 'pkg:generic/' || encoded, 'pkg:generic/' || regexp_extract(encoded, '[^/]*$')])
    from (select repo_id, replace(url_encode(repo_id), '%2F', '/') as encoded from core.repository)
),
stated as (
    select
        exposure.repo_id,
        exposure.path,
        exposure.purl,
        exposure.group_id,
        vex.product,
        vex.component,
        vex.status,
        coalesce(vex.justification, vex.detail) as justification,
        vex.expires,
        vex.source,
        vex.stated_at,
        vex.component is null
        or vex.component in (
            exposure.purl,
            regexp_replace(exposure.purl, '[?#].*$', ''),
            regexp_replace(exposure.purl, '[@?#].*$', '')
        ) as is_about_component
    from (
        select repo_id, path, purl, group_id, unnest(list_distinct(list_append(aliases, group_id))) as id
        from exposure
    ) as exposure
    join raw.vex_statement as vex on vex.vulnerability = exposure.id
),
statement as (
    select
        stated.*,
        coalesce(stated.expires >= as_of.day, true) as holds
    from stated
    cross join (select cast(value as date) as day from meta.parameter where name = 'as_of') as as_of
    left join product as whole on whole.repo_id = stated.repo_id and whole.name = stated.product
    left join product as lone
        on lone.repo_id = stated.repo_id and lone.name = stated.component and stated.product is null
    where (is_about_component and (stated.product is null or whole.name is not null)) or lone.name is not null
    qualify row_number() over (
        partition by stated.repo_id, stated.path, stated.purl, stated.group_id
        order by
            holds desc,
            stated.stated_at desc nulls last,
            status in ('not_affected', 'fixed'),
            stated.source,
            status
    ) = 1
),
judged as (
    select
        exposure.*,
        prior.automatable as prior_automatable,
        prior.technical_impact as prior_impact,
        case when kev_date is not null or malicious then 'yes' else 'no' end as in_kev,
        case
            when scope = 'excluded' then 'no'
            when service.repo_id is not null then 'yes'
            else 'no'
        end as publicly_exposed,
        service.repo_id is not null as is_service,
        case
            when malicious then 'yes'
            when told_automatable is not null then told_automatable
            when
                list_has_all(exposure.metrics, ['AV:N', 'AC:L'])
                and (
                    list_contains(exposure.metrics, 'Au:N')
                    or (list_has_all(exposure.metrics, ['PR:N', 'UI:N']) and not list_contains(exposure.metrics, 'AT:P'))
                )
                then 'yes'
            when cvss_vector is not null then 'no'
        end as known_automatable,
        case
            when malicious then 'total'
            when told_impact is not null then told_impact
            when
                list_has_all(exposure.metrics, ['C:H', 'I:H'])
                or list_has_all(exposure.metrics, ['VC:H', 'VI:H'])
                or list_has_all(exposure.metrics, ['C:C', 'I:C'])
                then 'total'
            when cvss_vector is not null then 'partial'
        end as known_impact,
        coalesce(exposure.severity, 'unrated') as rated,
        loaded.has_kev,
        distance.hops,
        spread.repositories as spread,
        spread.observed
    from exposure
    cross join loaded
    join mart.exposure_spread as spread on spread.group_id = exposure.group_id
    left join service on service.repo_id = exposure.repo_id
    left join distance
        on distance.repo_id = exposure.repo_id
        and distance.path = exposure.path
        and distance.purl = exposure.purl
    left join mart.ssvc_decision as prior on prior.severity = coalesce(exposure.severity, 'unrated')
),
weighed as (
    select
        judged.*,
        coalesce(known_automatable, prior_automatable) as automatable,
        coalesce(known_impact, prior_impact) as technical_impact,
        cast(
            case
                when in_kev = 'yes' then weight.value['exploitation.known']
                when exploitation = 'active'
                    then greatest(weight.value['exploitation.active'], coalesce(epss, 0))
                when exploitation = 'poc' then greatest(weight.value['exploitation.poc'], coalesce(epss, 0))
                when epss is not null then greatest(weight.value['exploitation.floor'], epss)
                when exploitation = 'none' then weight.value['exploitation.floor']
                else weight.value['exploitation.unknown']
            end as double
        ) as exploitation_factor,
        cast(
            case
                when malicious then 1
                when cvss_score > 0 then cvss_score / 10
                else weight.value['severity.' || rated]
            end as double
        ) as severity_factor,
        cast(
            weight.value['exposure.' || publicly_exposed]
                * weight.value['scope.' || coalesce(scope, 'unknown')] as double
        ) as exposure_factor,
        cast(
            case
                when hops is null then weight.value['reach.unknown']
                else greatest(weight.value['reach.least'], power(weight.value['reach.per_hop'], hops))
            end as double
        ) as reach_factor,
        cast(
            weight.value['blast.least']
                + (1 - weight.value['blast.least']) * least(1, ln(1 + spread) / ln(1 + greatest(observed, 1)))
            as double
        ) as blast_factor,
        list_filter(
            [
                case
                    when malicious and kev_date is null
                        then 'in_kev=yes, automatable=yes, technical_impact=total: the package itself is malware'
                    when not malicious and not has_kev then 'in_kev=no: no list of exploited ones is loaded'
                end,
                case
                    when scope = 'excluded' then null
                    when is_service then 'publicly_exposed=yes: the repository has deployment files'
                    else 'publicly_exposed=no: no deployment file'
                end,
                case
                    when known_automatable is null
                        then 'automatable=' || prior_automatable || ': prior for severity ' || rated
                    when not malicious and told_automatable is null
                        then 'automatable=' || known_automatable || ': read from the CVSS vector'
                end,
                case
                    when known_impact is null
                        then 'technical_impact=' || prior_impact || ': prior for severity ' || rated
                    when not malicious and told_impact is null
                        then 'technical_impact=' || known_impact || ': read from the CVSS vector'
                end,
                case
                    when in_kev = 'no' and exploitation is null and epss is null
                        then 'exploitation_factor: prior, neither SSVC nor EPSS names it'
                end,
                case
                    when not malicious and coalesce(cvss_score, 0) <= 0
                        then 'severity_factor: by the word ' || rated
                end,
                case when scope is null then 'exposure_factor: scope not told' end,
                case when hops is null then 'reach_factor: no path known' end
            ],
            lambda reason: reason is not null
        ) as assumed
    from judged
    cross join weight
)
select
    weighed.repo_id,
    enterprise_id,
    weighed.path,
    line,
    weighed.purl,
    package_key,
    version,
    scope,
    direct,
    weighed.group_id,
    advisory_ids,
    aliases,
    summary,
    weighed.severity,
    cvss_score,
    cvss_vector,
    malicious,
    kev_date,
    epss,
    fixed_versions,
    decision.act_within_days,
    decision.forensics,
    weighed.in_kev,
    weighed.publicly_exposed,
    weighed.automatable,
    weighed.technical_impact,
    100 * exploitation_factor * severity_factor * exposure_factor * reach_factor * blast_factor as score,
    exploitation_factor,
    severity_factor,
    exposure_factor,
    reach_factor,
    blast_factor,
    assumed,
    statement.status as vex_status,
    statement.justification as vex_justification,
    statement.expires as vex_expires,
    statement.source as vex_source,
    coalesce(statement.holds and statement.status in ('not_affected', 'fixed'), false) as suppressed
from weighed
join mart.ssvc_decision as decision
    on decision.in_kev = weighed.in_kev
    and decision.publicly_exposed = weighed.publicly_exposed
    and decision.automatable = weighed.automatable
    and decision.technical_impact = weighed.technical_impact
left join statement
    on statement.repo_id = weighed.repo_id
    and statement.path = weighed.path
    and statement.purl = weighed.purl
    and statement.group_id = weighed.group_id
