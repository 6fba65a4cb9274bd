"""Rules of claims as pure functions: values in, value out or RuleBroken. No database, no clock, no framework."""
