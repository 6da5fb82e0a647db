//! Every module of the official test suite survives decoding and printing. The proof is in `tests/`.
