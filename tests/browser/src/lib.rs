//! The book in a real browser: `tests/book.rs` builds it and lets Chromium read it.
