"""The assets: each names what it reads, calls a plain function, and returns what is worth seeing of it.

Every table is an asset with the key [schema, table], so that the lineage of the models runs from the raw
tables to the report.
"""
