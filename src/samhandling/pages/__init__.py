"""The page frame: base templates, components, menu, stylesheet, languages, error pages."""
