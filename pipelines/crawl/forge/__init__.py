"""What forges tell of repositories, as rows of the raw tables in `warehouse.store.schema.forge`.

interface.py    what a forge is: its listings, details and profiles; one module per kind implements it
github.py, gitee.py, gitlab.py
                paths, parameters and what each field of an answer means
clients.py      one request: PyGithub's requester, python-gitlab, httpx; bounded in size and time
asking.py       retries, redirects, conditional requests, rate limits, tokens
tokens.py       tokens, which are written nowhere
paging.py       from where to where a listing goes on, so that nothing is skipped while the forge changes
writing.py      rows, cursor and ETag in one transaction
crawl.py        what is asked of one repository, in which order
"""
