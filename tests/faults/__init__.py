"""Real processes are killed or hung in mid-load; a client-side ledger says what must have survived."""
