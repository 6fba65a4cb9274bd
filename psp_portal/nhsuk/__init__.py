"""The NHS look: form fields, their anatomy, components and the files of nhsuk-frontend."""
