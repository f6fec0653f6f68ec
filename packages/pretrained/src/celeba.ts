/** How the faces of CelebA were cut that most models were trained on. */
export const celebaCrop =
  "a square about an upright face, its side 1.25 times the height of the face; from forehead to chin, as a face detector's box";

/** What its photographs allow. */
export const celebaTerms = 'trained on CelebA, whose photographs are for non-commercial research only';
