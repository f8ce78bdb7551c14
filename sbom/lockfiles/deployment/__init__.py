"""Files of Containers, clusters and continuous integration."""
