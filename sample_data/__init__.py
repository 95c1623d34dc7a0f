"""The sample ward: invented people, orders and codes, for the demo and for training."""
