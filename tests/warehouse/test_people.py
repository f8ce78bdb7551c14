"""Pseudonyms, and the addresses that forges make for accounts."""

import duckdb
import pytest

from warehouse.people import (
    account_id,
    account_of_address,
    address_id,
    folded,
    forge_addresses,
    parse_forge_address,
    pseudonym,
)

KEY = b"key"


def test_pseudonym_when_it_is_made_then_it_is_the_beginning_of_the_hmac() -> None:
    """RFC 4231, test case 2."""
    assert pseudonym(b"Jefe", "what do ya want for nothing?") == "5bdcc146bf60754e6a042426089575c7"
    assert pseudonym(KEY, "a", "b") == pseudonym(KEY, "a\0b") != pseudonym(KEY, "ab")


@pytest.mark.parametrize(
    ("email", "same"),
    [
        (" Ada@A.Example\n", "ada@a.example"),
        ("ada@a.example", "ada@a.example"),
        ("", None),
        (" ", None),
        (None, None),
    ],
)
def test_address_when_case_and_blanks_differ_then_its_pseudonym_is_the_same(
    email: str | None, same: str | None
) -> None:
    assert address_id(KEY, email) == (None if same is None else pseudonym(KEY, same))


@pytest.mark.parametrize(
    ("email", "parsed"),
    [
        ("7+ada@users.noreply.github.com", ("7", "ada", "github.com")),
        ("ada@users.noreply.github.com", (None, "ada", "github.com")),
        ("7+ada@user.noreply.gitee.com", ("7", "ada", "gitee.com")),
        ("ada@noreply.gitcode.com", (None, "ada", "gitcode.com")),
        ("7-ada@users.noreply.gitlab.com", ("7", "ada", "gitlab.com")),
        ("7-ada@users.noreply.gitlab.acme.example", ("7", "ada", "gitlab.acme.example")),
        ("7-ada@users.noreply.git.gitlab.acme", ("7", "ada", "git.gitlab.acme")),
        ("7-ada@noreply.jihulab.com", ("7", "ada", "jihulab.com")),
        ("7+8-ada@users.noreply.gitlab.com", ("7", "8-ada", "gitlab.com")),
        ("ada@users.noreply.gitlab.com", (None, "ada", "gitlab.com")),
        # elsewhere a login may begin with a number
        ("7-ada@users.noreply.github.com", (None, "7-ada", "github.com")),
        ("7-ada@users.noreply.mygitlab.com", (None, "7-ada", "mygitlab.com")),
        ("7-ada@users.noreply.jihulab.com.example", (None, "7-ada", "jihulab.com.example")),
        ("a+b@users.noreply.github.com", None),
        ("ada@github.com", None),
        ("ada@users.noreply.", None),
        ("x ada@a@noreply.github.com", None),
    ],
)
def test_address_when_a_forge_made_it_then_it_tells_account_login_and_forge(
    email: str, parsed: tuple[str | None, str, str] | None
) -> None:
    assert parse_forge_address(email) == parsed


@pytest.mark.parametrize("forge", ["github.com", "gitee.com", "gitlab.com"])
def test_addresses_when_they_are_made_for_an_account_then_each_names_it(forge: str) -> None:
    made = forge_addresses("7", "Ada-L", forge)
    assert len(set(made)) == 9
    parsed = [parse_forge_address(address) for address in made]
    logins = {"ada-l", "7-ada-l"} if forge != "gitlab.com" else {"ada-l"}
    assert {found[1:] for found in parsed if found} == {(login, forge) for login in logins}
    numbers = [found[0] for found in parsed if found]
    assert numbers == [None] * 3 + ["7"] * 3 + (["7"] if forge == "gitlab.com" else [None]) * 3


def test_account_when_its_noreply_address_is_known_then_so_are_its_pseudonyms() -> None:
    login = pseudonym(KEY, "login", "github.com", "ada")
    account = account_id(KEY, "github.com", "7")
    assert account_of_address(KEY, " 7+Ada@users.noreply.GitHub.com ") == (account, login)
    assert account_of_address(KEY, "ada@users.noreply.github.com") == (None, login)
    assert account_of_address(KEY, "ada@a.example") == (None, None)
    assert len({account, login, pseudonym(KEY, "7"), account_id(KEY, "gitee.com", "7")}) == 4


@pytest.mark.parametrize("shown", ["false", "true"])
def test_count_when_it_is_of_a_few_people_then_it_is_folded_unless_people_may_be_shown(shown: str) -> None:
    with duckdb.connect() as con:
        con.execute("create schema meta; create table meta.parameter (name varchar, value varchar)")
        con.execute("insert into meta.parameter values ('show_people', ?)", [shown])
        rows = con.execute(
            f"select {folded('people + 0')} from (values (0), (1), (4), (5), (null)) as t(people)"
        ).fetchall()
    few = ["<5", "<5"] if shown == "false" else ["1", "4"]
    assert [text for (text,) in rows] == ["0", *few, "5", None]
