"""What every way of carrying ebXML shares: reliable messaging (section 10), answers, and what comes in."""
