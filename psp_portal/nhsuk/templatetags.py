"""The template library ``nhsuk``: form fields and components of the NHS design system. Markup only, no rules.

Every component has either a tag in ``psp_portal/nhsuk/tags/`` or a template in ``templates/components/`` (whose first
lines say what it takes); where a component holds other markup it is a block tag, so that a page never builds HTML in
Python.
"""

from django import template

from psp_portal.nhsuk.tags import components, controls, lists, tables

register = template.Library()
for part in (controls, components, tables, lists):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
