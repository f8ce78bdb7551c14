"""Forms of an audit for others to read: JSON, SARIF, CycloneDX, OpenVEX."""
