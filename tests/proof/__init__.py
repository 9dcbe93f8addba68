"""What the proof under concurrency is made of: sizes, crowds, a real server, shops to trade in, figures."""
