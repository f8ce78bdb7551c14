"""Package databases of operating systems, in committed root file systems and image layers."""
