"""What package registries say of the packages of a workspace: releases, licences, where the source is.

`kinds/` holds one module per kind of registry; `update` asks them, `store` keeps what they said.
"""
