//! Words of a command that a person may paste into a shell.

use std::path::Path;

/// As one word of a POSIX shell: quoted only where it must be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The same for a path.
pub fn path(path: &Path) -> String {
    word(&path.to_string_lossy())
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
}
