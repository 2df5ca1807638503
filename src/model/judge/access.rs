//! `access = "append"`: only added lines, each of an allowed form (S1-58).
//!
//! Which lines were added and removed is the shortest edit script between both files, so a moved
//! line is a removed one. A line is compared without its line end, because an editor that completes
//! the last line or turns CRLF into LF changes no text; but only while nothing else would hide in
//! it: a lone CR stays part of its line.

use bstr::{BString, ByteSlice};
use regex::bytes::{Regex, RegexBuilder};

use crate::model::finding::path::PathRule;

/// The most memory that an expression of a plan may take when it is compiled.
const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// How the lines of a file differ from those it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineChange {
    /// Both sides are text.
    Text {
        /// In the order of the new file.
        added: Vec<AddedLine>,
        /// How many lines are gone.
        removed: usize,
    },
    /// One side is binary, no file, or a side is too large to compare.
    NotText,
}

/// A line that is only in the new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedLine {
    /// Counted from 1.
    pub number: usize,
    /// Without its line end.
    pub text: BString,
}

/// What is wrong with a change under `access = "append"`, where `lines` is the expression of the
/// scope. At most one removal and one line are named: the first.
pub fn judge(lines: Option<&str>, change: &LineChange) -> Vec<PathRule> {
    let LineChange::Text { added, removed } = change else { return vec![PathRule::NotText] };
    let mut broken = Vec::new();
    if *removed > 0 {
        broken.push(PathRule::Removed { lines: *removed });
    }
    let Some(expression) = lines else { return broken };
    let regex = compile(expression);
    let allowed = |line: &AddedLine| {
        line.text.trim().is_empty() || regex.as_ref().is_some_and(|regex| regex.is_match(&line.text))
    };
    if let Some(line) = added.iter().find(|line| !allowed(line)) {
        broken.push(PathRule::Line {
            number: line.number,
            line: line.text.clone(),
            expected: expression.to_owned(),
        });
    }
    broken
}

/// The plan's reader compiled it once already, so failing here means that nothing is allowed.
fn compile(expression: &str) -> Option<Regex> {
    RegexBuilder::new(expression).size_limit(REGEX_SIZE_LIMIT).build().ok()
}
