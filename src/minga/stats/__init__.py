"""Pure statistics that two rooms need: disclosure control, quantiles, sampling."""
