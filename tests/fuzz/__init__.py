"""`bin/fuzz`: senseless requests to a real server, for as long as it is told."""
