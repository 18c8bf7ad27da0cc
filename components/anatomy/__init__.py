"""Between the anatomy of a layer and the views that draw it: scenes of matrices, and the map."""
