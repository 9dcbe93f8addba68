"""Reports: figures about a span of days or a day, as pages of the back office, at the API and as CSV."""
