"""``xbot simulate``: the learning loop against the sandbox's hidden audiences on a moved clock, without a browser.

What learns is the product's own code: bandit, outcomes, evidence and the rule that changes champions. What is simulated
is the rest: texts of the sandbox's model, when they go out, and what readers do. Keep out: anything that the product
would import, and any look of a policy at the audience's seed or parameters.
"""
