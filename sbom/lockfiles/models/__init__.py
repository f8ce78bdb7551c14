"""Models and data sets of machine learning that source files and model cards name."""
