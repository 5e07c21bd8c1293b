"""Rewards, features, the bandit and the predictor: arithmetic over numpy arrays. Keep out: tables and plots."""
