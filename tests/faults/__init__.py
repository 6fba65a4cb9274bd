"""What happens when something breaks: processes killed, servers stopped, two people at the same moment."""
