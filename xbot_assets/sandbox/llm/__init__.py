"""The sandbox's OpenAI-compatible server. Keep out: any import from the product, and X's site."""
