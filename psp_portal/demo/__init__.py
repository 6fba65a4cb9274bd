"""A demonstration trust, made through the services, and the command that shows it. Refused in production."""
