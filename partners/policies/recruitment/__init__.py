"""Rules of recruitment, pure: values in, a value or RuleBroken out."""
