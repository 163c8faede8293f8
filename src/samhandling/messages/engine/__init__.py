"""Element tables -> safe parse, check, bind, build."""
