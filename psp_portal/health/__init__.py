"""Whether the portal lives and whether it can work, for the machines that watch it."""
