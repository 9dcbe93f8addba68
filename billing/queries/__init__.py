"""Questions about money. They only read, and cost the same few statements for one row and for a thousand."""
