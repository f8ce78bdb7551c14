"""Payloads that forges send when something happens (webhooks), and those of public events, as forge rows.

One module per kind of forge that defines `WEBHOOK`, found by discovery (`webhooks`); the objects in a payload
are those of the forge's API, which `pipelines.crawl.forge` reads.
"""
