"""The pages of the downtime desk, and those that everybody may see."""
