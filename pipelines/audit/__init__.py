"""Judge repositories and bills of materials: findings, a policy, a baseline, and the forms others read."""
