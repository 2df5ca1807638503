//! What `git -c key=value` hands to the programs it starts, in `GIT_CONFIG_PARAMETERS`.
//!
//! git writes the list shell-quoted; gix does not read it, so `git -c user.name=Ada orchestrate …`
//! would be lost without this.

use bstr::{BString, ByteSlice};

/// The entries of `GIT_CONFIG_PARAMETERS` as `key=value`, or `key` alone for a bare boolean.
///
/// Two forms exist: `'key=value'` up to git 2.30, `'key'='value'` since. What cannot be read is left
/// out, for git itself has checked the list before it started us.
pub fn parse(parameters: &[u8]) -> Vec<BString> {
    let mut rest = parameters.trim();
    let mut entries = Vec::new();
    while let Some((mut entry, after)) = unquote(rest) {
        rest = after;
        if let Some(after_sign) = rest.strip_prefix(b"=") {
            match unquote(after_sign) {
                Some((value, after)) => {
                    entry.push(b'=');
                    entry.extend_from_slice(&value);
                    rest = after;
                }
                None => rest = after_sign,
            }
        }
        entries.push(entry);
        rest = rest.trim_start();
    }
    entries
}

/// One single-quoted word as a shell would read it, and what follows it. Inside of it git writes a
/// quote as `'\''` and an exclamation mark as `'\!'`.
fn unquote(text: &[u8]) -> Option<(BString, &[u8])> {
    let mut rest = text.strip_prefix(b"'")?;
    let mut word = BString::default();
    loop {
        let end = rest.find_byte(b'\'')?;
        word.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        match rest {
            [b'\\', escaped @ (b'\'' | b'!'), b'\'', after @ ..] => {
                word.push(*escaped);
                rest = after;
            }
            _ => return Some((word, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parameters: &str, expect: &[&str]) {
        assert_eq!(parse(parameters.as_bytes()), expect, "{parameters}");
    }

    #[test]
    fn reads_what_git_writes() {
        check("", &[]);
        check("'user.name'='Ada Lovelace'", &["user.name=Ada Lovelace"]);
        check("'user.name'='Ada' 'core.bare'='false'", &["user.name=Ada", "core.bare=false"]);
        check("'user.name=Ada'", &["user.name=Ada"]);
        check("'a.b'='it'\\''s'\\!''", &["a.b=it's!"]);
        check("'a.b'=", &["a.b"]);
        check("'a.b'= 'c.d'='e'", &["a.b", "c.d=e"]);
    }

    #[test]
    fn stops_at_what_git_would_not_write() {
        check("'a.b'='c", &["a.b"]);
        check("a.b=c", &[]);
    }
}
