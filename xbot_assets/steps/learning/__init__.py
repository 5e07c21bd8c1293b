"""From readings to outcomes, models and champions."""
