"""Series of points: how they are packed, merged, seen from afar and put on one grid."""
