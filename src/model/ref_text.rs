//! Names of refs as text. git lets them hold any bytes; people, JSON and our own maps want text.
//!
//! What is no UTF-8 stands as `\xff`, byte by byte. A name of git's holds no backslash, so two names never
//! become the same text, and each text leads back to its name.

use bstr::{BStr, BString, ByteVec};

/// The text for a name.
pub fn text(name: &BStr) -> String {
    let mut text = String::new();
    for chunk in name.utf8_chunks() {
        text += chunk.valid();
        chunk.invalid().iter().for_each(|byte| text += &format!("\\x{byte:02x}"));
    }
    text
}

/// The name for a text.
pub fn name(text: &str) -> BString {
    let mut parts = text.split("\\x");
    let mut name = BString::from(parts.next().unwrap_or_default());
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                name.push_byte(byte);
                name.push_str(&part[2..]);
            }
            None => {
                name.push_str("\\x");
                name.push_str(part);
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice;

    use super::*;

    #[test]
    fn every_name_has_a_text_of_its_own() {
        let check = |bytes: &[u8], expect: &str| {
            assert_eq!(text(bytes.into()), expect);
            assert_eq!(name(expect), bytes.as_bstr(), "{expect}");
        };
        check(b"refs/heads/main", "refs/heads/main");
        check("refs/heads/\u{e9}\u{fffd}".as_bytes(), "refs/heads/\u{e9}\u{fffd}");
        check(b"refs/heads/\xe9", "refs/heads/\\xe9");
        check(b"refs/heads/\xff\xfe/x", "refs/heads/\\xff\\xfe/x");
        check(b"refs/heads/a\xe2\x82", "refs/heads/a\\xe2\\x82");
    }
}
