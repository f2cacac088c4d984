"""The targets of the province's plan: what is asked, by whose document, and what units report of each year."""
