"""Russian with two digits for the hour, as clocks in every other language here."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j E Y г. H:i"
MONTH_DAY_FORMAT = "j E"
