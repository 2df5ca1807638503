//! One scope pattern: a literal path, a subtree, or a glob.
//!
//! The meaning is that of `git ls-files -- ':(glob)<pattern>'`, so that a person can check with git
//! what a plan says, and matching is git's own wildmatch. Three things are narrower than git on
//! purpose: a pattern without a trailing `/` never stands for what lies below the path (S1-03), what
//! reads one way and matches another (`a**`, `[[:x]`, a brace) is refused, and so is what could
//! make wildmatch slow. A pattern knows nothing of access or of tasks.

mod invalid;
mod syntax;

use std::fmt;

use bstr::{BStr, BString, ByteSlice};
use gix_glob::wildmatch::Mode;

pub use invalid::Invalid;
pub use syntax::{Atom, ByteSet};

/// The most bytes that a pattern may have.
pub const MAX_LEN: usize = 1000;

/// The most `*` and `**` that a pattern may have. gix's wildmatch gives up at 64.
pub const MAX_STARS: usize = 24;

/// The most `**` that a pattern may have; each one can double the work of a match.
pub const MAX_DOUBLE_STARS: usize = 8;

/// A pattern that passed the grammar: relative to the top of the repository, byte-wise and
/// case-sensitive, without negation, braces and pathspec magic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// As written.
    text: String,
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Shape {
    /// Exactly this path, escapes resolved.
    Path(BString),
    /// Everything below this path, which ends in `/`, escapes resolved.
    Subtree(BString),
    /// What this wildmatch pattern matches; a trailing `/` has become `/**`.
    Glob(BString),
}

impl Pattern {
    /// The pattern if `text` is one; the error says what is wrong with it and what to write.
    pub fn parse(text: &str) -> Result<Pattern, Invalid> {
        let atoms = syntax::parse(text)?;
        let named = match atoms.split_last() {
            Some((Atom::Rest, before)) if text.ends_with('/') => before,
            _ => &atoms,
        };
        let literal: Option<BString> =
            named.iter().map(Atom::literal).collect::<Option<Vec<u8>>>().map(BString::from);
        let shape = match (literal, text.ends_with('/')) {
            (Some(path), false) => Shape::Path(path),
            (Some(path), true) => Shape::Subtree(path),
            (None, false) => Shape::Glob(text.into()),
            (None, true) => Shape::Glob(format!("{text}**").into()),
        };
        Ok(Pattern { text: text.to_owned(), shape })
    }

    /// Whether a path, relative to the top of the repository, is meant. Bytes are compared as they
    /// are: no prefix trap, no case folding, no normalisation (S1-57).
    pub fn matches(&self, path: &BStr) -> bool {
        match &self.shape {
            Shape::Path(literal) => literal == path,
            Shape::Subtree(directory) => is_below(path, directory.as_ref()),
            Shape::Glob(glob) => {
                self.matches_as_written(path)
                    || gix_glob::wildmatch(glob.as_ref(), path, Mode::NO_MATCH_SLASH_LITERAL)
            }
        }
    }

    /// Whether exactly one path is named: neither a wildcard nor a subtree.
    pub fn is_literal(&self) -> bool {
        matches!(self.shape, Shape::Path(_))
    }

    /// The path that is named, without escapes, where [`is_literal`](Self::is_literal).
    pub fn literal(&self) -> Option<&BStr> {
        match &self.shape {
            Shape::Path(literal) => Some(literal.as_ref()),
            Shape::Subtree(_) | Shape::Glob(_) => None,
        }
    }

    /// The directory whose whole subtree is named, with its trailing `/` and without escapes.
    pub fn subtree(&self) -> Option<&BStr> {
        match &self.shape {
            Shape::Subtree(directory) => Some(directory.as_ref()),
            Shape::Path(_) | Shape::Glob(_) => None,
        }
    }

    /// Whether everything below a directory is meant; its name has no trailing `/`.
    pub fn covers(&self, directory: &BStr) -> bool {
        // A name that no pattern spells out, so that only a final `**` can stand for it.
        let below: BString = [directory.as_bytes(), b"/\x01"].concat().into();
        match &self.shape {
            Shape::Path(_) => false,
            Shape::Subtree(directory) => is_below(below.as_ref(), directory),
            Shape::Glob(glob) => glob == "**" || glob.ends_with(b"/**") && self.matches(below.as_ref()),
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same pattern as sequences of atoms: a path is meant when one of them matches it.
    pub fn readings(&self) -> Vec<Vec<Atom>> {
        let atoms = syntax::parse(&self.text).expect("it was parsed before");
        match self.shape {
            Shape::Path(_) | Shape::Subtree(_) => vec![atoms],
            Shape::Glob(_) => vec![atoms, syntax::verbatim(&self.text)],
        }
    }

    /// Git compares the pattern as it is before it looks for wildcards, so that `app/[id]/page.tsx`
    /// also names the file of that name.
    fn matches_as_written(&self, path: &BStr) -> bool {
        if self.text.ends_with('/') {
            is_below(path, self.text.as_bytes())
        } else {
            path == self.text.as_bytes()
        }
    }
}

fn is_below(path: &BStr, directory: &[u8]) -> bool {
    path.len() > directory.len() && path.starts_with(directory)
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expect: bool) {
        let parsed = Pattern::parse(pattern).expect("a pattern");
        assert_eq!(parsed.matches(path.into()), expect, "{pattern} against {path}");
    }

    #[test]
    fn a_literal_is_exactly_that_path() {
        check("models/analytics.py", "models/analytics.py", true);
        check("models/analytics.py", "models/analytics.py.bak", false);
        check("models/analytics.py", "Models/analytics.py", false);
        check("models", "models/user.py", false);
        check("docs/ein Wort.md", "docs/ein Wort.md", true);
        check("docs/é.md", "docs/é.md", true);
        check(r"app/\[id\]/page.tsx", "app/[id]/page.tsx", true);
        check(r"app/\[id\]/page.tsx", "app/i/page.tsx", false);
    }

    #[test]
    fn a_trailing_slash_is_the_subtree() {
        check("api/analytics/", "api/analytics/x.py", true);
        check("api/analytics/", "api/analytics/deep/er/x.py", true);
        check("api/analytics/", "api/analytics2/x.py", false);
        check("api/analytics/", "api/analytics", false);
        check("*/tests/", "api/tests/unit/x.py", true);
        check("*/tests/", "api/v1/tests/x.py", false);
    }

    #[test]
    fn wildcards_are_gits() {
        check("src/*.rs", "src/a.rs", true);
        check("src/*.rs", "src/deep/a.rs", false);
        check("src/**/*.rs", "src/a.rs", true);
        check("src/**/*.rs", "src/deep/er/a.rs", true);
        check("**", "any/thing", true);
        check("src/**", "src", false);
        check("src/v?.rs", "src/v1.rs", true);
        check("src/v?.rs", "src/v/.rs", false);
        check("src/[a-c]x", "src/bx", true);
        check("src/[!a-c]x", "src/bx", false);
        check("src/[^a-c]x", "src/dx", true);
        check("src/[[:digit:]]x", "src/7x", true);
        check("src[/]x", "src/x", false);
        check("app/[id]/page.tsx", "app/[id]/page.tsx", true);
        check("app/[id]/page.tsx", "app/i/page.tsx", true);
    }

    #[test]
    fn what_covers_a_directory_names_all_below_it() {
        let check = |pattern: &str, directory: &str, expect: bool| {
            let parsed = Pattern::parse(pattern).expect("a pattern");
            assert_eq!(parsed.covers(directory.into()), expect, "{pattern} over {directory}");
        };
        check("api/", "api", true);
        check("api/", "api/v1", true);
        check("api/v1/", "api", false);
        check("api/**", "api", true);
        check("*/tests/", "api/tests/unit", true);
        check("*/tests/", "api", false);
        check("api/[!b]/**", "api", false);
        check("api/*", "api", false);
        check("api/**/*.rs", "api", false);
        check("**", "anything", true);
    }

    #[test]
    fn only_one_path_is_literal() {
        let literal = |text: &str| Pattern::parse(text).expect("a pattern").is_literal();
        assert!(literal("a/b.py"));
        assert!(literal(r"a/\*.py"));
        assert!(!literal("a/b/"), "a subtree names many paths");
        assert!(!literal("a/*.py"), "a wildcard names many paths");
    }
}
