"""Rules about partners, pure: values in, a value or RuleBroken out. A module for each part."""
