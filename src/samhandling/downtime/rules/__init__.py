"""Pure decisions about outages: frozen values in, values out, the time passed in."""
