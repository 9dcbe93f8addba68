"""What sales answers to questions about stock. Reading only."""
