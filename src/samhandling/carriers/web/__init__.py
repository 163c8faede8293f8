"""Pages and the endpoint of the carriers."""
