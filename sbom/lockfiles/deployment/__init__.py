"""Files of containers, clusters and continuous integration."""
