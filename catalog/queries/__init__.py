"""Questions about the catalog. They read and never write."""
