//! Words of a command that a person may paste into a shell.

use std::fmt::Write as _;
use std::path::Path;

use bstr::{BStr, ByteSlice};

use crate::model::portable::is_unsafe;

/// As one word of a POSIX shell that stands for exactly these bytes: quoted only where it must be. What
/// could not be shown as it is, a control character or a byte that is not UTF-8, is written as a number
/// between `$'` and `'` (POSIX.1-2024, section 2.2.4).
pub fn word(text: impl AsRef<[u8]>) -> String {
    let bytes = text.as_ref();
    let Some(text) = bytes.to_str().ok().filter(|text| !text.chars().any(is_unsafe)) else {
        return numbered(bytes);
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The same for a path.
pub fn path(path: &Path) -> String {
    word(path.as_os_str().as_encoded_bytes())
}

/// The same for a path of the repository, as a pathspec that means nothing else, wherever below the top
/// of the worktree it is typed.
pub fn pathspec(path: &BStr) -> String {
    let is_special = path.iter().any(|byte| b"*?[\\".contains(byte))
        || path.first().is_some_and(|byte| byte.is_ascii_punctuation() && !b"._".contains(byte));
    let magic: &[u8] = if is_special { b":(top,literal)" } else { b":/" };
    word([magic, path].concat())
}

fn numbered(bytes: &[u8]) -> String {
    let mut out = String::from("$'");
    for (start, end, c) in BStr::new(bytes).char_indices() {
        let bytes = &bytes[start..end];
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if is_unsafe(c) || bytes != c.to_string().as_bytes() => {
                for byte in bytes {
                    let _ = write!(out, "\\{byte:03o}");
                }
            }
            c => out.push(c),
        }
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_word_is_run() {
        assert_eq!(word("work/task-1"), "work/task-1");
        assert_eq!(word("a$(touch x)"), "'a$(touch x)'");
        assert_eq!(word("a b'c"), "'a b'\\''c'");
        assert_eq!(path(Path::new("/a/`id`")), "'/a/`id`'");
    }

    #[test]
    fn what_cannot_be_shown_is_the_same_bytes_to_a_shell() {
        let check = |bytes: &[u8], expect: &str| {
            assert_eq!(word(bytes), expect);
            let script = format!("printf %s {}", word(bytes));
            let Ok(said) = std::process::Command::new("bash").args(["-c", &script]).output() else { return };
            assert_eq!(BStr::new(&said.stdout), BStr::new(bytes), "{expect}");
        };
        check(b"/a/\x1b[31mb", "$'/a/\\033[31mb'");
        check(b"/a/\xff'\\1\n", "$'/a/\\377\\'\\\\1\\012'");
        check("gr\u{f6}\u{df}e \u{202e}".as_bytes(), "$'gr\u{f6}\u{df}e \\342\\200\\256'");
    }
}
