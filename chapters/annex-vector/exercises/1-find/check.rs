//! The first byte is found, whichever it is.

use super::find;

#[test]
fn it_is_found_where_it_is() {
    let text = *b"lanes side by si";
    assert_eq!(find(text, b' '), Ok(Some(5)));
    assert_eq!(find(text, b'l'), Ok(Some(0)));
    assert_eq!(find(text, b'i'), Ok(Some(7)));
    assert_eq!(
        find([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255], 255),
        Ok(Some(15))
    );
}

#[test]
fn it_is_not_found_where_it_is_not() {
    assert_eq!(find(*b"lanes side by si", b'z'), Ok(None));
    assert_eq!(find([0; 16], 1), Ok(None));
}
