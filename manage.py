#!/usr/bin/env python
"""Django's command line, on the settings that DJANGO_SETTINGS_MODULE names (local by default)."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp_portal.settings.local")
    execute_from_command_line(sys.argv)
