"""How often tests and intervals are wrong, measured by simulation."""
