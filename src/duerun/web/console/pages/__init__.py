"""The pages: a module for each, which ends with its rows of the route table."""
