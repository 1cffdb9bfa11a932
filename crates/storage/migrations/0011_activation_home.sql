-- A keyed hash of the home that a television asks from, to compare with that of whoever is asked; empty when unknown.
ALTER TABLE activations ADD COLUMN home {text} NOT NULL DEFAULT '';
