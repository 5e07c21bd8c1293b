"""From numbers to model versions and champions."""
