"""Rules, pure: values in, a value or RuleBroken out."""
