// Package words says what the words of a text are, in any script, and what a search asks for. Every store gets them from
// here, so that all find the same.
//
// Letters, marks and numbers make words; everything else parts them. Forms that mean the same are made alike first
// (Unicode's NFKC and case folding): "Ｃafé", "CAFÉ" and "café" are one word. What is written without spaces (Han,
// Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) is taken character by character, and a search for a run of such
// characters finds them where they stand together.
//
// An index holds what Split gave when it was written: a change of Split must come with a migration that empties the
// indexes, which are then made anew.
package words
