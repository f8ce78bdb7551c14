"""Who else is the same person, by core.identity_merge: for a few people asked for.

For everybody at once `core.identity` takes the connected components of the whole graph instead: a recursive
query over millions of names takes minutes.
"""


def joined_with(people: str) -> str:
    """SQL for a column `node`: those whom a query of one column names, and all that merges join with them.

    Nodes are digests of names with addresses (`identity_id`), addresses and accounts; undone merges join
    nobody.
    """
    return f"""
        with recursive edge as (
            select member_id as node, joined_to as other from core.identity_merge where not is_undone
            union all
            select joined_to, member_id from core.identity_merge where not is_undone
        ),
        reached(node) as (
            {people}
            union
            select edge.other from reached join edge on edge.node = reached.node
        )
        select node from reached
    """  # noqa: S608 - a query of ours
