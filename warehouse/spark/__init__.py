"""The SQL models on Spark: transpiled by sqlglot, run on parquet files, their rows back in the warehouse."""
