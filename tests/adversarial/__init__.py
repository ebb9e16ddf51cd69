"""What an attacker tries, by the ids of the house's case list; each name carries its id."""
