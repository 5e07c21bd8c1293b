"""The settings by subject, each group a plain model. Keep out: reading them; rules that follow from several groups."""
