"""Outputs about the machine itself: disks, memory, clock, tickets, events."""
