"""What others write is read and, within the rules, answered. Keep out: publishing itself, and pages of X."""
