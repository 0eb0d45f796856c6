"""An invented city with a whole round of service, for showing and trying TalentLink."""
