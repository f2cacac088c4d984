"""The targets of the province's plan: what is asked, by whose document, and what units tell of each year."""
