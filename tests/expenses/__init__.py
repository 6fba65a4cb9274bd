"""Tests of expenses: rate cards, claims, decisions, payment and escalation."""
