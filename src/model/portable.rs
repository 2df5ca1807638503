//! Names that every system can have, and characters that deceive.
//!
//! Only *new* names are judged: what a repository already has is its own business.

use std::fmt;

use bstr::{BStr, ByteSlice};
use unicode_normalization::UnicodeNormalization;

/// Why a path is not portable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It is not UTF-8.
    Encoding,
    /// A control, bidirectional or invisible character.
    Character(char),
    /// A component ends in a dot or a space, which Windows drops.
    TrailingDotOrSpace,
    /// A component that Windows reserves, such as `CON` or `aux.txt`.
    Reserved(String),
    /// `:` or `\`, which separate paths on Windows.
    Forbidden(char),
    /// A component that some system takes for `.git`.
    GitDirectory(String),
    /// A directory with the name of a file of git's, which no server takes.
    NoFile(String),
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Encoding => f.write_str("is not UTF-8"),
            Flaw::Character(c) => write!(f, "holds the character {}", Named(*c)),
            Flaw::TrailingDotOrSpace => f.write_str("has a part that ends in a dot or a space"),
            Flaw::Reserved(name) => write!(f, "has the part `{name}`, which Windows reserves"),
            Flaw::Forbidden(c) => write!(f, "holds `{c}`, which not every system allows in a name"),
            Flaw::GitDirectory(name) => write!(f, "has the part `{name}`, which some systems take for .git"),
            Flaw::NoFile(name) => write!(f, "has the directory `{name}`, which git takes for a file"),
        }
    }
}

/// A character by its number, and by its name where people know one.
pub struct Named(pub char);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", self.0 as u32)?;
        match NAMES.iter().find(|(character, _)| *character == self.0) {
            Some((_, name)) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

const NAMES: [(char, &str); 21] = [
    ('\u{7}', "bell"),
    ('\u{8}', "backspace"),
    ('\t', "tab"),
    ('\n', "line feed"),
    ('\u{b}', "vertical tab"),
    ('\u{c}', "form feed"),
    ('\r', "carriage return"),
    ('\u{1b}', "escape"),
    ('\u{7f}', "delete"),
    ('\u{85}', "next line"),
    ('\u{200b}', "zero-width space"),
    ('\u{200e}', "left-to-right mark"),
    ('\u{200f}', "right-to-left mark"),
    ('\u{2028}', "line separator"),
    ('\u{2029}', "paragraph separator"),
    ('\u{202a}', "left-to-right embedding"),
    ('\u{202b}', "right-to-left embedding"),
    ('\u{202d}', "left-to-right override"),
    ('\u{202e}', "right-to-left override"),
    ('\u{2060}', "word joiner"),
    ('\u{feff}', "byte order mark"),
];

/// What is wrong with a path, at most one thing a rule.
pub fn flaws(path: &BStr) -> Vec<Flaw> {
    let Ok(text) = path.to_str() else { return vec![Flaw::Encoding] };
    let mut flaws = Vec::new();
    if let Some(c) = text.chars().find(|&c| is_deceptive(c)) {
        flaws.push(Flaw::Character(c));
    }
    if let Some(c) = text.chars().find(|c| matches!(c, ':' | '\\')) {
        flaws.push(Flaw::Forbidden(c));
    }
    if text.split('/').any(|part| part.ends_with(['.', ' '])) {
        flaws.push(Flaw::TrailingDotOrSpace);
    }
    if let Some(part) = text.split('/').find(|part| is_reserved(part)) {
        flaws.push(Flaw::Reserved(part.to_owned()));
    }
    if let Some(part) = text.split('/').find(|part| is_git_directory(part)) {
        flaws.push(Flaw::GitDirectory(part.to_owned()));
    }
    let directories = text.rsplit_once('/').map_or("", |(directories, _)| directories);
    let is_file = |part: &&str| {
        fold((*part).into()).is_some_and(|name| [".gitattributes", ".gitmodules"].contains(&&*name))
    };
    if let Some(part) = directories.split('/').find(is_file) {
        flaws.push(Flaw::NoFile(part.to_owned()));
    }
    flaws
}

/// Whether a character steers a terminal or changes how the text around it reads: control
/// characters, bidirectional marks, line separators, tags, and the invisible ones that join nothing.
pub fn is_deceptive(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether a character could steer a terminal, change how the text around it reads, or not be seen.
pub fn is_unsafe(c: char) -> bool {
    is_deceptive(c) || matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}')
}

/// What two names have in common that are one name where case, Unicode form and joiners are ignored.
pub fn fold(name: &BStr) -> Option<String> {
    if name.is_ascii() {
        return Some(name.to_str().ok()?.to_ascii_lowercase());
    }
    let text = name.to_str().ok()?.chars().filter(|&c| !is_ignored_by_hfs(c));
    Some(text.nfc().collect::<String>().to_uppercase().to_lowercase().nfc().collect())
}

/// Joiners, which some scripts cannot do without, and which HFS+ leaves out when it compares names.
fn is_ignored_by_hfs(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Whether Windows keeps a name for a device, whatever follows its first dot.
pub fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        _ => {
            let device = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
            device.is_some_and(|n| {
                matches!(n, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
            })
        }
    }
}

/// `.git` in any case, with what NTFS drops, as an NTFS short name or stream, or with what HFS+
/// ignores inside.
pub fn is_git_directory(part: &str) -> bool {
    let visible: String = part.chars().filter(|&c| !is_deceptive(c) && !is_ignored_by_hfs(c)).collect();
    let lower = visible.to_lowercase();
    let stem = lower.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    stem == ".git"
        || stem.strip_prefix("git~").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: impl AsRef<[u8]>, expect: &[Flaw]) {
        let path = BStr::new(path.as_ref());
        assert_eq!(flaws(path), expect, "{path:?}");
    }

    #[test]
    fn a_portable_name_has_no_flaw() {
        for path in [
            "a/b.py",
            "-x",
            "$(id) `x`",
            "ein Wort.md",
            "日本語/é.txt",
            "\"q\".md",
            "con/x",
            "a.b.c",
            ".github/x",
            "می\u{200c}خواهم",
        ] {
            let expect: &[Flaw] = if path == "con/x" { &[Flaw::Reserved("con".into())] } else { &[] };
            check(path, expect);
        }
        check("console/auxiliary/com10", &[]);
        check("git~x/.gitignore", &[]);
    }

    #[test]
    fn each_flaw_is_found() {
        check(b"a\xff", &[Flaw::Encoding]);
        check("a\nb", &[Flaw::Character('\n')]);
        check("a\u{202e}b", &[Flaw::Character('\u{202e}')]);
        check("a /b", &[Flaw::TrailingDotOrSpace]);
        check("a./b", &[Flaw::TrailingDotOrSpace]);
        check("x/AUX.txt", &[Flaw::Reserved("AUX.txt".into())]);
        check("x/.gitAttributes/y", &[Flaw::NoFile(".gitAttributes".into())]);
        check(".gitmodules/x/y", &[Flaw::NoFile(".gitmodules".into())]);
        check(".gitignore/x", &[]);
        check("lpt1", &[Flaw::Reserved("lpt1".into())]);
        check("a:b", &[Flaw::Forbidden(':')]);
        check("a\\b", &[Flaw::Forbidden('\\')]);
        check("x/.GIT/config", &[Flaw::GitDirectory(".GIT".into())]);
        check("GIT~1/x", &[Flaw::GitDirectory("GIT~1".into())]);
        check(".g\u{200c}it/x", &[Flaw::GitDirectory(".g\u{200c}it".into())]);
    }

    #[test]
    fn names_fold_where_some_system_makes_them_one() {
        let same = |a: &str, b: &str| assert_eq!(fold(a.into()), fold(b.into()), "{a} and {b}");
        same("README", "readme");
        same("\u{e9}", "e\u{301}");
        same("STRASSE", "straße");
        same("ab", "a\u{200d}b");
        assert_ne!(fold("a".into()), fold("b".into()));
    }
}
