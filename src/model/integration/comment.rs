//! Where a line's trailing comment starts, for the languages whose files say so by their name.
//!
//! A wrong answer would drop code, so the rule is narrow: a known extension, blanks before the
//! mark and a blank after it, and no quotation left open before it. What is not surely a comment
//! is none.

use bstr::{BStr, ByteSlice};

/// The line without its trailing comment and trailing blanks; the line's end is cut off too.
/// A line that is nothing but a comment stays as it is.
pub fn strip<'a>(path: &BStr, line: &'a [u8]) -> &'a [u8] {
    let line = line.trim_end();
    let Some(mark) = mark(path) else { return line };
    let start = line.find_iter(mark).find(|start| is_comment(line, *start, mark.len()));
    match start.map(|start| line[..start].trim_end()) {
        Some(code) if !code.is_empty() => code,
        _ => line,
    }
}

/// What opens a comment that goes to the end of the line.
fn mark(path: &BStr) -> Option<&'static str> {
    let name = path.rsplit_str("/").next().unwrap_or_default().to_str().ok()?;
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "py" | "pyi" | "rb" | "sh" | "bash" | "zsh" | "toml" | "yaml" | "yml" | "pl" | "r" | "ex" | "exs"
        | "jl" | "nix" | "tf" | "cfg" | "mk" | "cmake" => Some("#"),
        "rs" | "c" | "h" | "cc" | "cpp" | "hpp" | "java" | "js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx"
        | "go" | "kt" | "swift" | "scala" | "cs" | "dart" | "zig" | "proto" => Some("//"),
        "sql" | "lua" | "hs" | "elm" => Some("--"),
        _ if matches!(name, "Makefile" | "Dockerfile" | "Gemfile" | "requirements.txt" | ".gitignore") => {
            Some("#")
        }
        _ => None,
    }
}

fn is_comment(line: &[u8], start: usize, len: usize) -> bool {
    let before = &line[..start];
    let after = &line[start + len..];
    let apart = before.ends_with(b" ") || before.ends_with(b"\t");
    let opens = after.is_empty() || after.starts_with(b" ") || after.starts_with(b"\t");
    apart && opens && [b'"', b'\'', b'`'].iter().all(|quote| is_closed(before, *quote))
}

/// Whether a quotation mark occurs in pairs.
fn is_closed(text: &[u8], quote: u8) -> bool {
    text.iter().filter(|byte| **byte == quote).count() % 2 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, line: &str, expect: &str) {
        assert_eq!(strip(path.into(), line.as_bytes()).as_bstr(), expect, "{path}: {line}");
    }

    #[test]
    fn a_trailing_comment_is_cut_off() {
        check("models/__init__.py", "from a import b  # Added by task-1\n", "from a import b");
        check("a.py", "x = 1 #", "x = 1");
        check("a.rs", "let x = 1; // one\r\n", "let x = 1;");
        check("a.sql", "select 1 -- one", "select 1");
        check("Makefile", "all: # everything", "all:");
        check("a.py", "x = \"a # b\"  # c", "x = \"a # b\"");
    }

    #[test]
    fn what_is_not_surely_a_comment_stays() {
        check("a.js", "url = \"http://a.example\"", "url = \"http://a.example\"");
        check("a.py", "colour = '  # red'", "colour = '  # red'");
        check("a.py", "colour = #fff", "colour = #fff");
        check("a.md", "text # heading", "text # heading");
        check("a.css", "a { } # b", "a { } # b");
        check("a.py", "# only a comment", "# only a comment");
        check("a.py", "it's odd # here", "it's odd # here");
    }
}
