"""The tags of the template library ``nhsuk``, by kind. Markup only, no rules."""
