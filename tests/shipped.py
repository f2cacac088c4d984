"""How much there is in the data that comes with the product, in one place for every test that counts it."""

#: Communes and wards of Gia Lai since 1 July 2025 (`units/data/reforms/2025-07-01-gia-lai`).
RURAL_COMMUNES, WARDS = 110, 25
COMMUNES = RURAL_COMMUNES + WARDS
#: Communes of the two provinces until the day before, and pairs of an old and a new unit.
FORMER_COMMUNES, SUCCESSIONS = 373, 376
