//! Text of a repository, made safe for where it is shown.
//!
//! Subjects, names and paths are hostile until they passed through here: control characters could
//! drive a terminal, bidirectional ones could make a line read backwards, and Markdown could turn
//! a subject into a link.

use std::fmt::Write as _;

use bstr::{BStr, ByteSlice};

use crate::model::portable::is_unsafe;
use crate::model::shell;

/// For a terminal or a log: control, format and bidirectional characters and bytes that are not
/// UTF-8 become visible escapes such as `\x1b` and `\u{202e}`; everything else stays as it is.
/// The result never holds a line break.
pub fn terminal(text: impl AsRef<[u8]>) -> String {
    let bytes = text.as_ref();
    let mut out = String::with_capacity(bytes.len());
    for (start, end, c) in BStr::new(bytes).char_indices() {
        if c == '\u{fffd}' && &bytes[start..end] != "\u{fffd}".as_bytes() {
            for byte in &bytes[start..end] {
                let _ = write!(out, "\\x{byte:02x}");
            }
        } else if is_unsafe(c) {
            let _ = match c {
                '\n' => out.write_str("\\n"),
                '\t' => out.write_str("\\t"),
                '\r' => out.write_str("\\r"),
                c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
                c => write!(out, "\\u{{{:x}}}", c as u32),
            };
        } else {
            out.push(c);
        }
    }
    out
}

/// For a line of Markdown outside of code: as [`terminal`], and what Markdown or HTML would take
/// for markup is written as an entity or with a backslash.
pub fn markdown(text: impl AsRef<[u8]>) -> String {
    let mut out = String::new();
    for c in terminal(text).chars() {
        match c {
            '<' | '>' | '&' => out.push_str(entity(c)),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// For a plan's words, which are Markdown already: as [`terminal`], and outside of code spans nothing
/// opens an HTML tag or comment, which a page would hide instead of show.
pub fn prose(text: impl AsRef<[u8]>) -> String {
    let text = terminal(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(['`', '<']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = match code_span_at(rest) {
            Some(end) => end,
            None if rest.starts_with('`') => rest.len() - rest.trim_start_matches('`').len(),
            None => {
                let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
                if opens && !out.ends_with('\\') {
                    out.push('\\');
                }
                1
            }
        };
        out.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    out + rest
}

/// Where the code span ends that a text starts with, if it starts with one.
fn code_span_at(text: &str) -> Option<usize> {
    let marks = text.len() - text.trim_start_matches('`').len();
    let mut at = marks;
    while marks > 0 && at < text.len() {
        at += text[at..].find('`')?;
        let run = text[at..].len() - text[at..].trim_start_matches('`').len();
        at += run;
        if run == marks {
            return Some(at);
        }
    }
    None
}

/// For a Markdown code span that may stand in a table: as [`code`], with `|` escaped.
pub fn code_span(text: impl AsRef<[u8]>) -> String {
    code(terminal(text).replace('|', "\\|"))
}

/// For a Markdown code span outside of tables: as [`terminal`], between as many backticks as it takes, so
/// that each blank in it is one to the reader.
pub fn code(text: impl AsRef<[u8]>) -> String {
    let text = terminal(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // Markdown takes one blank from each end where both ends have one.
    let has_blanks = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let pad = if has_blanks || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// For HTML, between tags and in attributes: as [`terminal`], and nothing is markup.
pub fn html(text: impl AsRef<[u8]>) -> String {
    let mut out = String::new();
    for c in terminal(text).chars() {
        match c {
            '<' | '>' | '&' | '"' | '\'' => out.push_str(entity(c)),
            c => out.push(c),
        }
    }
    out
}

/// What HTML has instead of a character of its markup.
fn entity(c: char) -> &'static str {
    match c {
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        '"' => "&quot;",
        _ => "&#39;",
    }
}

/// As one word of a POSIX shell command that a person may paste: quoted only where it must be.
pub fn shell_word(text: impl AsRef<[u8]>) -> String {
    shell::word(text)
}

/// For JSON that is written already: characters that could steer a terminal or deceive a reader, which
/// JSON may hold as they are, become escapes of the form `\u202e`. A program reads the same strings as before.
pub fn json(text: String) -> String {
    // Whole chunks, without a look at where to stop, are what a processor is good at.
    let is_harmless = |byte: &u8| *byte == b'\n' || (0x20..0x7f).contains(byte);
    let are_harmless = |chunk: &[u8]| chunk.iter().fold(true, |all, byte| all & is_harmless(byte));
    if text.as_bytes().chunks(256).all(are_harmless) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // A line break can only stand between values, where it is layout.
        if c != '\n' && (is_unsafe(c) || is_format(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The general category Cf of Unicode 16, as far as [`is_unsafe`] leaves it: marks that belong to
/// some scripts, and are seen there.
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{600}'..='\u{605}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_control_character() {
        let check = |input: &[u8], expect: &str| assert_eq!(terminal(input), expect);
        check(b"plain \xc3\xa9", "plain é");
        check(b"\x1b]0;title\x07", "\\x1b]0;title\\x07");
        check("a\u{202e}b".as_bytes(), "a\\u{202e}b");
        check("\u{9b}31m".as_bytes(), "\\x9b31m");
        check(b"bad \xff byte", "bad \\xff byte");
        check(b"two\nlines\t\r", "two\\nlines\\t\\r");
        check("replaced \u{fffd}".as_bytes(), "replaced \u{fffd}");
    }

    #[test]
    fn markdown_reads_as_written() {
        assert_eq!(markdown("<b> [x](y) `c` a|b"), "&lt;b&gt; \\[x\\](y) \\`c\\` a\\|b");
        assert_eq!(code_span("a`b"), "``a`b``");
        assert_eq!(code_span("`"), "`` ` ``");
    }

    #[test]
    fn prose_keeps_its_markup_and_opens_no_html() {
        let check = |text: &str, expect: &str| assert_eq!(prose(text), expect);
        check("a *b* `c<d>` [e](f) 1 < 2", "a *b* `c<d>` [e](f) 1 < 2");
        check("Vec<T> and `Vec<T>`", "Vec\\<T> and `Vec<T>`");
        check("<!-- x --> </p> \\<b>", "\\<!-- x --> \\</p> \\<b>");
        check("``a`<b>`` ` <i>", "``a`<b>`` ` \\<i>");
        check("`<b>", "`\\<b>");
        check("<", "<");
    }

    #[test]
    fn json_reads_the_same_and_shows_nothing_hidden() {
        let check = |text: &str, expect: &str| {
            let written = json(serde_json::to_string_pretty(&vec![text]).expect("a string"));
            assert_eq!(written, format!("[\n  \"{expect}\"\n]"), "{text:?}");
            let read: Vec<String> = serde_json::from_str(&written).expect("JSON");
            assert_eq!(read, [text], "a program reads what was written");
        };
        check("plain é 日本 😀", "plain é 日本 😀");
        check("two\nlines\t", "two\\nlines\\t");
        check("a\u{202e}b\u{2028}\u{2029}", "a\\u202eb\\u2028\\u2029");
        check("\u{1b}[31m \u{9b}31m \u{7f}", "\\u001b[31m \\u009b31m \\u007f");
        check("\u{ad}\u{200d}\u{feff}\u{600}", "\\u00ad\\u200d\\ufeff\\u0600");
        check("\u{e0041}\u{1d173}", "\\udb40\\udc41\\ud834\\udd73");
    }

    #[test]
    fn a_shell_word_is_one_word() {
        assert_eq!(shell_word("work/task-1"), "work/task-1");
        assert_eq!(shell_word("a b'c"), "'a b'\\''c'");
        assert_eq!(shell_word("-rf"), "'-rf'");
        assert_eq!(shell_word(""), "''");
    }
}
