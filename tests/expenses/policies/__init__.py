"""Tests of the rules of claims: values in, value out; no database."""
