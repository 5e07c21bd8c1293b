"""Reading the numbers of posts and of the account."""
