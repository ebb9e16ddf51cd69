"""People, programs and operators on their whole way through the real product."""
